import type { Json } from "../definition/json.ts";

/** A path into an item: the names from its root down. */
export type ItemPath = readonly string[];

/** Characters that a path may have, and names that it may go down. Far above what items need. */
const maxPathLength = 1_024;
const maxPathNames = 32;

/**
 * Reads a path: names with dots between them (`data.size`), or, where a name has a dot or is empty, a JSON pointer
 * (`/data/a.b`; RFC 6901: `~1` is a slash, `~0` a tilde).
 *
 * @returns the names, or what is wrong with the text, as the end of a sentence that begins with it
 */
export function parseItemPath(text: string): ItemPath | string {
  if (text.length > maxPathLength) return `is longer than ${maxPathLength} characters`;
  if (!text.isWellFormed()) return "has half a surrogate pair: it is not valid Unicode";
  const isPointer = text.startsWith("/");
  if (isPointer && /~(?![01])/.test(text)) return "has a ~ that is neither ~0 nor ~1";
  const names = isPointer
    ? text
        .slice(1)
        .split("/")
        .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    : text.split(".");
  if (names.length > maxPathNames) return `goes deeper than ${maxPathNames} names`;
  if (!isPointer && names.includes("")) return "has an empty name";
  return names;
}

/** The path as {@link parseItemPath} reads it. */
export function itemPathText(path: ItemPath): string {
  const isPlain =
    path.every((name) => name !== "" && !name.includes(".")) && path[0]?.startsWith("/") === false;
  return isPlain ? path.join(".") : jsonPointer(path);
}

/** The path as RFC 6901 writes it, and Cosmos DB's patch reads it. */
export const jsonPointer = (path: ItemPath): string =>
  path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** What an item has at a path: its own properties only. */
export function valueAt(item: unknown, path: ItemPath): Json | undefined {
  let value = item;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value as Json | undefined;
}

/** Whether a path leads into what another names, or is the same. */
export const isWithin = (path: ItemPath, outer: ItemPath): boolean =>
  outer.length <= path.length && outer.every((name, index) => name === path[index]);

/**
 * A path of a container's definition (`/address/city`), as names. Source: Learn, "Indexing policies": a name with
 * characters other than letters, digits and `_` stands in double quotes.
 */
export const definitionPath = (path: string): ItemPath =>
  Array.from(path.matchAll(/\/(?:"((?:[^"\\]|\\.)*)"|([^/]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : (JSON.parse(`"${quoted}"`) as string),
  );

/** The same the other way round. */
export const definitionPathText = (path: ItemPath): string =>
  path.map((name) => `/${/^\w+$/.test(name) ? name : JSON.stringify(name)}`).join("");
