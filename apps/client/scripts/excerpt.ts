/** The page that shows a piece of the generated types, and how the piece begins there. */
export const page = "docs/typegen.md";
const opening = "```ts file=apps/client/src/generated/router.d.ts\n";
const closing = "```\n";

/** The router's type up to the end of its first procedure. */
export function excerptOf(types: string): string {
  const lines = types.slice(types.indexOf("export type AppRouter")).split("\n");
  // A procedure stands three levels deep, and the line that ends it ends with its semicolon there.
  const end = lines.findIndex((line) => /^ {6}\S.*;$/.test(line));
  return `${lines.slice(0, end + 1).join("\n")}\n      // …\n`;
}

/** The page with the excerpt of the types as they are now. */
export function withExcerpt(text: string, types: string): string {
  const start = text.indexOf(opening) + opening.length;
  if (start < opening.length) throw new Error(`${page} has no block that opens with ${opening.trim()}`);
  return text.slice(0, start) + excerptOf(types) + text.slice(text.indexOf(closing, start));
}
