/** The names of a path from an item's root down: of `data.size`, or of a JSON pointer (RFC 6901), `/data/a.b`. */
export const pathNames = (path: string): readonly string[] =>
  path.startsWith("/")
    ? path
        .slice(1)
        .split("/")
        .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    : path.split(".");
