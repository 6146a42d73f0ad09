import type { Json } from "./json.ts";

/** A path into JSON: the names from its root down; of an array's element, its index as text. */
export type JsonPath = readonly string[];

/** Characters that a path's text may have, and names that it may go down. Far above what items need. */
const maxPathLength = 1_024;
const maxPathNames = 32;

/**
 * Reads a path's text: names with dots between them (`data.size`), or, where a name has a dot or is empty, a JSON pointer
 * (`/data/a.b`; RFC 6901: `~1` is a slash, `~0` a tilde).
 *
 * @returns the names, or what is wrong with the text, as the end of a sentence that begins with it
 * @example
 * parsePath("data.size"); // ["data", "size"]
 * parsePath("/data/a.b"); // ["data", "a.b"]
 * parsePath("data..size"); // "has an empty name"
 */
export function parsePath(text: string): JsonPath | string {
  if (text.length > maxPathLength) return `is longer than ${maxPathLength} characters`;
  if (!text.isWellFormed()) return "has half a surrogate pair: it is not valid Unicode";
  const isPointer = text.startsWith("/");
  if (isPointer && /~(?![01])/.test(text)) return "has a ~ that is neither ~0 nor ~1";
  const names = isPointer ? pointerNames(text) : text.split(".");
  if (names.length > maxPathNames) return `goes deeper than ${maxPathNames} names`;
  if (!isPointer && names.includes("")) return "has an empty name";
  return names;
}

/** The names of a JSON pointer that begins with a slash. */
export const pointerNames = (pointer: string): JsonPath =>
  pointer
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));

/** The path's text as {@link parsePath} reads it: with dots where that is unambiguous, else as a JSON pointer. */
export function pathText(path: JsonPath): string {
  const isPlain =
    path.every((name) => name !== "" && !name.includes(".")) && path[0]?.startsWith("/") === false;
  return isPlain ? path.join(".") : jsonPointer(path);
}

/** The path as RFC 6901 writes it, and Cosmos DB's patch reads it. */
export const jsonPointer = (path: JsonPath): string =>
  path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** What stands at a path, by own properties only: `constructor` leads nowhere. `undefined` where nothing stands. */
export function valueAt(root: unknown, path: JsonPath): Json | undefined {
  let value = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value as Json | undefined;
}

/**
 * Sets what stands at a path, and makes the objects that lead there; what was there and is no object gives way. Every
 * name becomes an own property: `__proto__` is a name like any other.
 *
 * @param path one name at least
 */
export function putAt(root: object, path: JsonPath, value: unknown): void {
  let target = root;
  for (const [at, name] of path.entries()) {
    const isLast = at === path.length - 1;
    const inner = isLast ? value : objectAt(target, name);
    Object.defineProperty(target, name, {
      value: inner,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    if (!isLast) target = inner as object;
  }
}

function objectAt(target: object, name: string): object {
  const inner = Object.hasOwn(target, name) ? (target as Record<string, unknown>)[name] : undefined;
  return typeof inner === "object" && inner !== null ? inner : {};
}

/** Whether a path leads into what another names, or is the same. */
export const isWithin = (path: JsonPath, outer: JsonPath): boolean =>
  outer.length <= path.length && outer.every((name, index) => name === path[index]);
