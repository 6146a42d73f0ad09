/** A path of a patch: the names and array indexes from the document's root down. */
export type PatchPath = readonly string[];

/**
 * Reads a path as a JSON pointer: `/tags/0`, `~1` for a slash and `~0` for a tilde in a name; `undefined` when it is
 * none, or names the whole document. Source: RFC 6901; Learn, "Partial document update".
 */
export function parsePatchPath(text: unknown): PatchPath | undefined {
  if (typeof text !== "string" || !text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The path as text. */
export const patchPathText = (path: PatchPath): string =>
  path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Whether a path leads into what another names, or is the same. */
export const isWithin = (path: PatchPath, outer: PatchPath): boolean =>
  outer.length <= path.length && outer.every((name, index) => name === path[index]);
