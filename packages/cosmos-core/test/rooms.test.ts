import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/** The rooms of src/ in the order in which they stand on each other; those of one line know nothing of each other. */
const floors: readonly (readonly string[])[] = [
  ["errors"],
  ["definition"],
  ["sdk", "item.ts"],
  ["cursors"],
  ["points"],
  ["lists", "feed", "bulk"],
  ["store.ts"],
  ["openContainer.ts"],
  ["schema.ts"],
  ["index.ts"],
];

/** The one file beside the room sdk/ that may name the SDK, and only its types. */
const serviceTypes = "definition/serviceTypes.ts";

interface Import {
  readonly from: string;
  readonly isType: boolean;
}

function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const statements = code.matchAll(
    /\b(?:import|export)\s+(type\s)?(?:[\w*\s{},]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*(?:"([^"]+)")/g,
  );
  return Array.from(statements, ([, type, from, dynamic]) => ({
    from: from ?? dynamic ?? "",
    isType: type !== undefined,
  }));
}

const roomOf = (file: string): string => file.split("/")[0] ?? "";
const floorOf = (file: string): number => floors.findIndex((floor) => floor.includes(roomOf(file)));

/** Every import that reaches up, across, or round the room that knows the SDK. */
function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) => {
    if (floorOf(file) === -1) return [`${file} is in no room`];
    return importsOf(text).flatMap(({ from, isType }) => {
      if (from.startsWith("@azure/")) {
        const mayName = roomOf(file) === "sdk" || (file === serviceTypes && isType);
        return mayName ? [] : [`${file} imports ${from}: only sdk/ knows the SDK`];
      }
      if (!from.startsWith(".")) return [];
      const target = join(dirname(file), from);
      if (roomOf(target) === roomOf(file) || floorOf(target) < floorOf(file)) return [];
      return [`${file} imports ${target}: ${roomOf(file)} does not stand on ${roomOf(target)}`];
    });
  });
}

const source = join(import.meta.dirname, "../src");
const real = new Map(
  globSync("**/*.ts", { cwd: source }).map((file) => [
    relative(source, join(source, file)),
    readFileSync(join(source, file), "utf8"),
  ]),
);

test("the rooms stand on each other in one order", () => expect(violations(real)).toEqual([]));

test.each([
  ["definition/a.ts", 'import { a } from "../sdk/a.ts";', "definition does not stand on sdk"],
  ["definition/a.ts", 'import type { A } from "../sdk/a.ts";', "definition does not stand on sdk"],
  ["errors/a.ts", 'export * from "../definition/a.ts";', "errors does not stand on definition"],
  ["lists/a.ts", 'import type { A } from "../feed/a.ts";', "lists does not stand on feed"],
  ["points/a.ts", 'const a = await import("../bulk/a.ts");', "points does not stand on bulk"],
  ["points/a.ts", 'import { createStore } from "../store.ts";', "points does not stand on store.ts"],
  ["item.ts", 'import { a } from "./sdk/a.ts";', "item.ts does not stand on sdk"],
  ["lists/a.ts", 'import type { Container } from "@azure/cosmos";', "only sdk/ knows the SDK"],
  ["store.ts", 'import {\n  CosmosClient,\n  type A,\n} from "@azure/cosmos";', "only sdk/ knows the SDK"],
  [serviceTypes, 'export { A } from "@azure/cosmos";', "only sdk/ knows the SDK"],
  ["elsewhere/a.ts", "", "elsewhere/a.ts is in no room"],
])("%s with %s is refused", (file, text, problem) => {
  expect(violations(new Map([[file, text]]))).toEqual([expect.stringContaining(problem)]);
});

test("the part without the SDK loads none of it", () => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { from, isType } of importsOf(real.get(file) ?? "")) {
      if (isType) continue;
      if (from.startsWith(".")) load(join(dirname(file), from));
      else loaded.add(from);
    }
  };
  load("schema.ts");
  expect([...loaded].filter((name) => name.startsWith("@azure/"))).toEqual([]);
  expect(loaded.has("definition/defineContainer.ts")).toBe(true);
});
