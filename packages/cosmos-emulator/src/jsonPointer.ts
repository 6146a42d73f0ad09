/**
 * JSON pointers: `/tags/0`, `~1` for a slash and `~0` for a tilde in a name. Source: RFC 6901.
 */

/** The names and array indexes from a document's root down. */
export type PointerPath = readonly string[];

/** Reads a pointer; `undefined` when it is none, or names the whole document. */
export function parsePointer(text: unknown): PointerPath | undefined {
  if (typeof text !== "string" || !text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A name as a pointer has it. */
export const escapeName = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** A path as a pointer. */
export const pointerText = (path: PointerPath): string => path.map((name) => `/${escapeName(name)}`).join("");

/** Whether a path leads into what another names, or is the same. */
export const isWithin = (path: PointerPath, outer: PointerPath): boolean =>
  outer.length <= path.length && outer.every((name, index) => name === path[index]);
