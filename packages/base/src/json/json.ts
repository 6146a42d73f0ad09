/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Levels that objects and arrays may nest in a field, under the service's 128 for a whole item. */
export const maxJsonDepth = 120;

/** Whether a value is an object of named values: neither `null` nor an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is an object of JSON values. */
export const isJsonObject = (value: unknown): value is { [name: string]: Json } =>
  isRecord(value) && isJson(value);

/** Whether a value is JSON that nests no deeper than {@link maxJsonDepth}. */
export const isJson = (value: unknown): value is Json => jsonProblem(value) === undefined;

/** A place in a value that is no JSON. */
export interface JsonProblem {
  /** Where it is: `data.size`, `tags.0`; empty for the value as a whole. */
  readonly path: string;
  /** What is wrong with it, as the end of a sentence. */
  readonly message: string;
}

/** Options of {@link jsonProblem}. */
export interface JsonRules {
  /** Levels that it may nest: {@link maxJsonDepth} when left out. */
  readonly maxDepth?: number;
  /** Whether a property may be undefined: `JSON.stringify` leaves it out. */
  readonly mayHaveUndefined?: boolean;
}

/** An object or array, and where it stands. */
interface Place {
  readonly value: object;
  readonly name: string;
  readonly outer: Place | undefined;
}

/**
 * What of a value is no JSON, or would be another value when it is read again: a `Date`, a `Map`, an infinite number.
 * Walks without recursion: any depth may come in.
 *
 * @returns the first such place, and what is wrong with it as the end of a sentence
 */
export function jsonProblem(
  root: unknown,
  { maxDepth = maxJsonDepth, mayHaveUndefined = false }: JsonRules = {},
): JsonProblem | undefined {
  if (isGood(root, maxDepth, false, mayHaveUndefined)) return undefined;
  const wrong = problemOf(root, false);
  if (wrong !== undefined) return { path: "", message: wrong };
  let level: Place[] = isContainer(root) ? [{ value: root, name: "", outer: undefined }] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    const [first] = level;
    if (depth > maxDepth && first !== undefined) {
      return { path: namesOf(first)[0] ?? "", message: `nests deeper than ${maxJsonDepth} levels` };
    }
    const next: Place[] = [];
    for (const outer of level) {
      const isArray = Array.isArray(outer.value);
      for (const name of isArray ? outer.value.keys() : Object.keys(outer.value)) {
        const value = (outer.value as Record<string | number, unknown>)[name];
        const message =
          problemOf(value, mayHaveUndefined && !isArray) ??
          (isArray ? undefined : textProblem(name as string));
        if (message !== undefined) return { path: [...namesOf(outer), name].join("."), message };
        if (isContainer(value)) next.push({ value, name: String(name), outer });
      }
    }
    level = next;
  }
  return undefined;
}

/**
 * Whether nothing is wrong with a value: what most are, found in a fifth of the time, since no places are kept.
 *
 * @param depth the levels that it may nest
 */
function isGood(value: unknown, depth: number, mayBeUndefined: boolean, mayHaveUndefined: boolean): boolean {
  if (problemOf(value, mayBeUndefined) !== undefined) return false;
  if (!isContainer(value)) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    // By index: a place that was never filled is undefined too.
    for (let at = 0; at < value.length; at += 1) {
      if (!isGood(value[at], depth - 1, false, mayHaveUndefined)) return false;
    }
    return true;
  }
  for (const name of Object.keys(value)) {
    if (!name.isWellFormed()) return false;
    const property = (value as Record<string, unknown>)[name];
    if (!isGood(property, depth - 1, mayHaveUndefined, mayHaveUndefined)) return false;
  }
  return true;
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

const namesOf = ({ name, outer }: Place): string[] => (outer === undefined ? [] : [...namesOf(outer), name]);

const textProblem = (text: string): string | undefined =>
  text.isWellFormed() ? undefined : "has half a surrogate pair: it is not valid Unicode";

function problemOf(value: unknown, mayBeUndefined: boolean): string | undefined {
  switch (typeof value) {
    case "string":
      return textProblem(value);
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `is ${value}, which is no number of JSON`;
    case "undefined":
      return mayBeUndefined ? undefined : "is undefined, which JSON has not";
    case "object":
      return value === null || Array.isArray(value) || isPlain(value)
        ? undefined
        : `is a ${value.constructor?.name ?? "object with a prototype"}, which JSON has not`;
    default:
      return `is a ${typeof value}, which JSON has not`;
  }
}

/** Whether an object is a literal's or JSON's, of whichever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}
