import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { generateRouterTypes } from "../src/index.ts";
import { parsedFiles, scratchFolder } from "./scratchFolder.ts";

/** Members that are alike down to some depth, and differ only in index signatures, modifiers, or below. */
const unions: readonly string[] = [
  "Record<string, Folder> | Record<string, Chain>",
  "{ w: Folder[] } | { w: Comment[] } | { w: Chain[] }",
  "{ readonly x: Folder } | { x: Folder }",
  "{ v: { v: { v: { v: Folder } } } } | { v: { v: { v: { v: Comment } } } }",
  "Record<string, { a: string }> | Record<string, { a: number }>",
  "Record<string, { b: string[] }> | Record<string, { b: Date[] }> | Record<string, { b: boolean[] }>",
  `{ [key: \`a-\${string}\`]: { c: 1 } } | { [key: \`b-\${string}\`]: { c: 1 } }`,
  "{ readonly d: { e: string } } | { d: { e: string } } | { d?: { e: string } }",
  "{ f: { g: { h: { i: { j: 1 } } } } } | { f: { g: { h: { i: { j: 2 } } } } }",
  "{ k: { l: { m: { n: { o: 'x' } } } } } | { k: { l: { m: { n: { o: 'y' } } } } }",
  "{ p: { q: { r: { s: 1; t?: 1 } } } } | { p: { q: { r: { s: 1; t: 1 } } } }",
];

/** Types that contain themselves: no two classifications have the same key for one of them. */
const recursive = `
interface Folder { name: string; folders: Folder[] }
interface Comment { text: string; replies: Comment[] }
interface Chain { link: number; next: Chain | null }
`;

/** A type of so many storeys that look alike: each one more takes the classification of all types another turn. */
const tower = (storeys: number): string => (storeys === 0 ? "boolean" : `{ up: ${tower(storeys - 1)} }`);

function generated(storeys: number): string {
  const folder = scratchFolder();
  mkdirSync(path.join(folder, "src"));
  const routerFile = path.join(folder, "src/router.ts");
  const procedures = unions.map((union, at) => `  u${at}: t.procedure.query((): ${union} => never()),`);
  const other = `  unrelated: t.procedure.query((): ${tower(storeys)} => never()),`;
  writeFileSync(
    routerFile,
    `import { initTRPC } from "@trpc/server";
const t = initTRPC.create({ transformer: { serialize: (value) => value, deserialize: (value) => value } });
declare function never(): never;${recursive}export const appRouter = t.router({
${[...procedures, other].join("\n")}
});
`,
  );
  const compilerOptions = { strict: true, module: "nodenext", target: "es2024" };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const result = generateRouterTypes({ routerFile, outFile: path.join(folder, "router.d.ts"), parsedFiles });
  if (!result.ok) throw new Error(JSON.stringify(result.problems, undefined, 2));
  // All but the unrelated procedure itself, which is the last one.
  return result.text.replace(/^ +unrelated: [\s\S]*?^ {2}\}/mu, "  }");
}

test("a type elsewhere leaves the order of every union as it is", () => {
  const [first, ...others] = [0, 3, 6, 8, 11].map(generated);
  for (const other of others) expect(other).toBe(first);
  expect(first).toContain("u6: QueryProcedure<");
});
