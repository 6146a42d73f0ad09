import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Who may import whom: what breaks a wall, and what stays allowed beside it. */
const broken: readonly (readonly [file: string, statement: string])[] = [
  ["packages/cosmos-core/src/a.ts", 'export { TRPCError } from "@trpc/server";'],
  ["packages/cosmos-core/src/a.ts", 'export { a } from "@cosmos-trpc/trpc-http";'],
  ["packages/cosmos-core/src/a.ts", 'export { a } from "../../trpc-http/src/index.ts";'],
  ["packages/base/src/a.ts", 'export { a } from "@cosmos-trpc/cosmos-core";'],
  ["packages/base/src/a.ts", 'export { readFileSync } from "node:fs";'],
  ["packages/cosmos-core/src/a.ts", 'export { entity } from "@cosmos-trpc/server";'],
  ["packages/cosmos-core/test/a.ts", 'export { createApiClient } from "@cosmos-trpc/client";'],
  ["packages/trpc-http/src/a.ts", 'export { CosmosClient } from "@azure/cosmos";'],
  ["packages/trpc-http/src/a.ts", 'export { parseJson } from "@cosmos-trpc/base";'],
  ["packages/trpc-http/src/a.ts", 'export { items } from "@cosmos-trpc/cosmos-core";'],
  ["packages/trpc-http/test/a.ts", 'export { items } from "../../cosmos-core/src/index.ts";'],
  ["packages/trpc-typegen/src/a.ts", 'export { CosmosClient } from "@azure/cosmos";'],
  ["packages/trpc-typegen/src/a.ts", 'export { startEmulator } from "@cosmos-trpc/cosmos-emulator";'],
  ["packages/cosmos-emulator/src/a.ts", 'export { items } from "@cosmos-trpc/cosmos-core";'],
  ["packages/cosmos-emulator/src/a.ts", 'export type { Item } from "../../cosmos-core/src/item.ts";'],
  ["packages/cosmos-emulator/src/a.ts", 'export { a } from "@cosmos-trpc/client";'],
  ["packages/cosmos-emulator/src/store/a.ts", 'export { a } from "../../../client/src/index.ts";'],
  ["packages/cosmos-emulator/src/a.ts", 'export { isArray } from "../../cosmos-sql/src/json.ts";'],
  ["packages/cosmos-sql/src/a.ts", 'export { startEmulator } from "@cosmos-trpc/cosmos-emulator";'],
  ["packages/cosmos-sql/src/a.ts", 'export { items } from "@cosmos-trpc/cosmos-core";'],
  ["packages/cosmos-sql/src/a.ts", 'export { CosmosClient } from "@azure/cosmos";'],
  ["packages/cosmos-sql/src/plan/a.ts", 'export { a } from "../../../cosmos-emulator/src/limits.ts";'],
  ["packages/cosmos-sql/test/a.ts", 'export { a } from "../../trpc-http/src/index.ts";'],
  ["packages/cosmos-sql/src/a.ts", 'export { a } from "@cosmos-trpc/cosmos-sql";'],
  ["packages/client/src/a.ts", 'export { appRouter } from "@cosmos-trpc/server";'],
  ["packages/client/src/a.ts", 'export { items } from "@cosmos-trpc/cosmos-core";'],
  ["packages/client/src/a.ts", 'export { a } from "../../../apps/server/src/router.ts";'],
  ["packages/cosmos-core/src/a.ts", 'export type { AppRouter } from "@app/server";'],
  ["packages/server/src/a.ts", 'export const a = await import("@app/server");'],
  ["packages/cosmos-core/test/a.ts", 'export { a } from "../../../apps/server/src/main.ts";'],
  ["packages/cosmos-emulator/src/a.ts", 'export { a } from "../../../apps/cli/src/api.ts";'],
  ["packages/trpc-http/src/a.ts", 'export { a } from "@app/cli";'],
  ["packages/another/src/a.ts", 'export { a } from "@app/web";'],
  ["apps/cli/src/a.ts", 'export type { AppRouter } from "@app/server";'],
  ["packages/cli/src/a.ts", 'export { createClient } from "@app/client";'],
  ["packages/cli/src/a.ts", 'export * from "@cosmos-trpc/server";'],
  ["packages/cli/src/a.ts", 'export { createStore } from "@cosmos-trpc/cosmos-core";'],
  ["apps/cli/src/a.ts", 'export { createClient } from "../../../packages/client/src/index.ts";'],
  ["apps/cli/src/a.ts", 'export * from "@cosmos-trpc/server";'],
  ["apps/cli/src/a.ts", 'import "@cosmos-trpc/server";'],
  ["apps/cli/src/a.ts", 'export const a = await import("@cosmos-trpc/server");'],
  ["apps/cli/src/commands/a.ts", 'export { appRouter } from "../../../server/src/router.ts";'],
  ["apps/cli/src/a.ts", 'export { createStore } from "@cosmos-trpc/cosmos-core";'],
];

const allowed: readonly (readonly [file: string, statement: string])[] = [
  ["packages/cosmos-core/src/a.ts", 'export { CosmosClient } from "@azure/cosmos";'],
  ["packages/cosmos-core/src/a.ts", 'export { parseJson } from "@cosmos-trpc/base";'],
  ["packages/cosmos-core/test/a.ts", 'export { startEmulator } from "@cosmos-trpc/cosmos-emulator";'],
  ["packages/trpc-http/src/a.ts", 'export { TRPCError } from "@trpc/server";'],
  ["packages/cosmos-emulator/src/a.ts", 'export { parseQuery } from "@cosmos-trpc/cosmos-sql";'],
  ["packages/cosmos-emulator/src/a.ts", 'export type { Json } from "@cosmos-trpc/cosmos-sql/json";'],
  ["packages/cosmos-sql/src/plan/a.ts", 'export type { Json } from "../json.ts";'],
  ["packages/client/src/a.ts", 'export { createTRPCClient } from "@trpc/client";'],
  ["apps/server/src/a.ts", 'export { items } from "@cosmos-trpc/cosmos-core";'],
  ["apps/cli/src/a.ts", 'export { createClient, type Item } from "@app/client";'],
  ["packages/cli/src/a.ts", 'export { isApiError } from "@cosmos-trpc/client";'],
];

const root = join(import.meta.dirname, "../../..");
let house: string;

// A house of its own: what is written here must not break the lint of the real one.
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "import-walls-"));
  for (const name of ["biome.json", ".gitignore"]) copyFileSync(join(root, name), join(house, name));
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

function write(sample: readonly (readonly [string, string])[], folder: string): string[] {
  return sample.map(([file, statement], index) => {
    const path = file.replace(/a\.ts$/, `${folder}${index}.ts`);
    mkdirSync(join(house, dirname(path)), { recursive: true });
    writeFileSync(join(house, path), `${statement}\n`);
    return path;
  });
}

/** The files in which the linter's rule finds something wrong. */
function offenders(
  paths: readonly string[],
  rule = "style/noRestrictedImports",
): { status: number | null; files: string[] } {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const arguments_ = [biome, "lint", "--reporter=github", "--max-diagnostics=none", ...paths];
  const { status, stdout } = spawnSync(process.execPath, arguments_, { cwd: house, encoding: "utf8" });
  const found = stdout.matchAll(new RegExp(`title=lint/${rule},file=(\\S+?),line=`, "g"));
  return {
    status,
    files: [...new Set([...found].map(([, file]) => paths.find((p) => file?.endsWith(p)) ?? ""))],
  };
}

test("every import through a wall fails the lint", () => {
  const paths = write(broken, "broken");
  const { status, files } = offenders(paths);
  expect(files.sort()).toEqual(paths.sort());
  expect(status).not.toBe(0);
});

test("what is allowed passes it", () => {
  expect(offenders(write(allowed, "allowed"))).toEqual({ status: 0, files: [] });
});

/** A circle is one for a reader too where only types go round it: neither file can be understood by itself. */
test.each([
  ["of values", 'export { b } from "./b.ts";', 'export { a } from "./a.ts";'],
  ["of types", 'export type { B } from "./b.ts";', 'export type { A } from "./a.ts";'],
  ["of inline types", 'import { type B } from "./b.ts";', 'import { type A } from "./a.ts";'],
])("a circle of imports, %s, fails the lint", (name, one, other) => {
  const folder = `packages/circle/src/${name.replaceAll(" ", "-")}`;
  mkdirSync(join(house, folder), { recursive: true });
  writeFileSync(join(house, folder, "a.ts"), `${one}\nexport const a = 1;\nexport type A = number;\n`);
  writeFileSync(join(house, folder, "b.ts"), `${other}\nexport const b = 1;\nexport type B = number;\n`);
  const paths = [`${folder}/a.ts`, `${folder}/b.ts`];
  const { status, files } = offenders(paths, "suspicious/noImportCycles");
  expect(files.sort()).toEqual(paths);
  expect(status).not.toBe(0);
});
