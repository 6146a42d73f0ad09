import type { JsonPath } from "@cosmos-trpc/base";

/**
 * A path of a container's definition (`/address/city`), as names. Source: Learn, "Indexing policies": a name with
 * characters other than letters, digits and `_` stands in double quotes.
 */
export const definitionPath = (path: string): JsonPath =>
  Array.from(path.matchAll(/\/(?:"((?:[^"\\]|\\.)*)"|([^/]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : (JSON.parse(`"${quoted}"`) as string),
  );

/** The same the other way round. */
export const definitionPathText = (path: JsonPath): string =>
  path.map((name) => `/${/^\w+$/.test(name) ? name : JSON.stringify(name)}`).join("");
