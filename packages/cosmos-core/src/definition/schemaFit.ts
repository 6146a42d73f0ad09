import { fieldProblems, type JsonPath, maxJsonDepth, valueAt } from "@cosmos-trpc/base";
import { z } from "zod";
import { type FieldProblem, StoreError } from "../errors/errors.ts";
import type { AnyDefinition } from "./containerDefinition.ts";

type Issues = { readonly issues: readonly z.core.$ZodIssue[] };

/** What a schema makes of a value, or what it refuses it for. */
type Applied = { readonly data: object } | Issues;

/**
 * Applies a definition's schema to what is to be written.
 *
 * @param isKept whether a property that the schema does not know is kept nevertheless, where it is strict
 * @returns what the schema makes of it, or every field that is wrong
 * @throws StoreError `misconfigured` when the schema's own functions throw or are asynchronous
 */
export function applySchema(
  definition: AnyDefinition,
  input: unknown,
  isKept: (place: JsonPath) => boolean = () => false,
): { readonly item: object } | { readonly problems: readonly FieldProblem[] } {
  const applied = applyKeeping(definition, input, isKept);
  if ("issues" in applied) return { problems: fieldProblems(applied) };
  for (const place of applied.unknown) {
    const [holder, name] = holderOf(applied.data, place);
    if (holder !== undefined) holder[name] = valueAt(input, place);
  }
  return { item: applied.data };
}

/**
 * Brings an item that was read into the schema's form, in place: defaults of what it lacks are filled in, and what the
 * schema makes of its values (trimmed, in lower case) stands for them. What the schema does not know, as another
 * version of the application may have written it, stays.
 *
 * @returns what of the item does not fit; nothing when it does
 */
export function fitToSchema(definition: AnyDefinition, item: object): readonly FieldProblem[] {
  const applied = applyKeeping(definition, item, () => true);
  if ("issues" in applied) return fieldProblems(applied);
  if (fill(item, applied.data, false)) return [];
  // Some value is made into another one. That has to be the end of it, or each reading and writing back changes more.
  const again = apply(definition, applied.data);
  const place = "issues" in again ? fieldProblems(again)[0]?.path : difference(applied.data, again.data);
  if (place !== undefined) {
    const message =
      "is made into something else each time that the schema is applied, which has to leave what it gave as it is";
    return [{ path: place, message }];
  }
  fill(item, applied.data, true);
  return [];
}

function apply({ id, schema }: AnyDefinition, input: unknown): Applied {
  try {
    const parsed = schema.safeParse(input);
    return parsed.success ? { data: parsed.data } : parsed.error;
  } catch (error) {
    // zod walks with recursion.
    if (error instanceof RangeError) {
      const message = `nests deeper than ${maxJsonDepth} levels`;
      return { issues: [{ code: "custom", path: [], message, input }] };
    }
    const problem =
      error instanceof z.core.$ZodAsyncError
        ? "has an asynchronous check or transform, and a store applies it at once: do that before the item is written"
        : `fails: ${String(error)}. A check or transform that throws has to add an issue instead`;
    throw new StoreError(
      "misconfigured",
      `The schema of ${id} ${problem}.`,
      { code: "schema-broken" },
      error,
    );
  }
}

/** The same, without the properties that the schema does not know and that are kept. */
function applyKeeping(
  definition: AnyDefinition,
  input: unknown,
  isKept: (place: JsonPath) => boolean,
): { readonly data: object; readonly unknown: readonly JsonPath[] } | Issues {
  const applied = apply(definition, input);
  if (!("issues" in applied)) return { ...applied, unknown: [] };
  const unknown = unknownPlaces(applied.issues);
  if (unknown === undefined || !unknown.every(isKept)) return applied;
  const known = structuredClone(input);
  for (const place of unknown) {
    const [holder, name] = holderOf(known, place);
    if (holder !== undefined) delete holder[name];
  }
  const without = apply(definition, known);
  return "issues" in without ? without : { ...without, unknown };
}

/** The properties that a strict schema does not know, when these are all that it refuses. */
function unknownPlaces(issues: Issues["issues"], outer: JsonPath = []): JsonPath[] | undefined {
  const places: JsonPath[] = [];
  for (const issue of issues) {
    const place = [...outer, ...issue.path.map(String)];
    const found =
      issue.code === "unrecognized_keys"
        ? issue.keys.map((name) => [...place, name])
        : issue.code === "invalid_union"
          ? issue.errors.map((branch) => unknownPlaces(branch, place)).find((one) => one !== undefined)
          : undefined;
    if (found === undefined) return undefined;
    places.push(...found);
  }
  return places;
}

type Container = Record<string | number, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** What has a place's last name, if it is there. */
function holderOf(root: unknown, place: JsonPath): [Container | undefined, string] {
  const holder: unknown = valueAt(root, place.slice(0, -1));
  return [isContainer(holder) ? holder : undefined, place.at(-1) ?? ""];
}

/**
 * Puts into a value what another one has and it lacks; what differs too, if that is wanted.
 *
 * @returns whether nothing differs. Lists call it for each item: it goes over arrays by index, and makes nothing.
 */
function fill(stored: Container | object, made: Container | object, replaces: boolean): boolean {
  const [target, source] = [stored as Container, made as Container];
  let isSame = true;
  const names = Array.isArray(made) ? undefined : Object.keys(made);
  const count = names?.length ?? (made as readonly unknown[]).length;
  for (let at = 0; at < count; at += 1) {
    const name = names === undefined ? at : (names[at] as string);
    const [old, value] = [target[name], source[name]];
    if (old === value) continue;
    if (old === undefined) target[name] = value;
    else if (isAlike(old, value)) isSame = fill(old, value as Container, replaces) && isSame;
    else {
      isSame = false;
      if (replaces) target[name] = value;
    }
  }
  return isSame;
}

/** Whether two values are objects, or arrays of the same length. */
const isAlike = (one: unknown, other: unknown): one is Container =>
  isContainer(one) &&
  isContainer(other) &&
  (Array.isArray(one) ? Array.isArray(other) && one.length === other.length : !Array.isArray(other));

/** The first place at which two values differ; what is undefined counts as not there. */
function difference(one: unknown, other: unknown, place: JsonPath = []): string | undefined {
  if (one === other) return undefined;
  if (!isAlike(one, other)) return place.join(".");
  for (const name of new Set([...Object.keys(one), ...Object.keys(other as Container)])) {
    const found = difference(one[name], (other as Container)[name], [...place, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
