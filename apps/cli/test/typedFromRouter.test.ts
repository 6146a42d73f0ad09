import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, RouterInputs, RouterOutputs } from "@app/client";
import type { AppRouter } from "@app/server";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { beforeAll, expect, expectTypeOf, test } from "vitest";

const app = join(import.meta.dirname, "..");
const root = join(app, "../..");

/** What is renamed in the router's types, and in whose place; the last of them changes nothing. */
const renames = {
  "upsert's ifMatch": ["ifMatch", "onlyOver"],
  "a key's pk": ["pk", "owner"],
  "an item's name": ["name", "title"],
  "the procedure get": ["get", "read"],
  nothing: ["name", "name"],
} as const;

type Rename = keyof typeof renames;

const folderOf = (rename: string): string => rename.replaceAll(/\W+/g, "-");

/** What the compiler says of the CLI's program, for each rename. */
let said: Readonly<Record<string, string>>;

// One run of the compiler for all of them: a folder for each has the program, and a client with the renamed types.
beforeAll(() => {
  const house = mkdtempSync(join(tmpdir(), "cli-types-"));
  const program = readFileSync(join(app, "src/cli.ts"), "utf8");
  const router = readFileSync(join(root, "apps/client/src/generated/router.d.ts"), "utf8");
  symlinkSync(join(app, "node_modules"), join(house, "node_modules"), "dir");
  writeFileSync(join(house, "package.json"), '{"type":"module","version":"0.0.0"}');
  const client = [
    'import type { inferRouterInputs } from "@trpc/server";',
    'import type { AppRouter } from "./router.d.ts";',
    'export { createClient } from "@app/client";',
    "export type RouterInputs = inferRouterInputs<AppRouter>;",
  ];
  const files = Object.entries(renames).map(([rename, [from, to]]) => {
    const folder = join(house, folderOf(rename));
    mkdirSync(folder);
    const property = new RegExp(String.raw`\b${from}(?=\??:)`, "g");
    expect(router).toMatch(property);
    writeFileSync(join(folder, "router.d.ts"), router.replaceAll(property, to));
    writeFileSync(join(folder, "client.ts"), client.join("\n"));
    writeFileSync(join(folder, "cli.ts"), program.replace('"@app/client"', '"./client.ts"'));
    return `${folderOf(rename)}/cli.ts`;
  });
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    files,
  };
  writeFileSync(join(house, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", house, "--pretty", "false"], {
    cwd: house,
    encoding: "utf8",
  });
  const errors = run.stdout.matchAll(/^(\S+?)\/cli\.ts\(\d+,\d+\): error (.*)$/gm);
  said = Object.fromEntries([...errors].map(([, folder, error]) => [folder, error]).reverse()) as typeof said;
  // Errors elsewhere would be no answer.
  expect(
    run.stdout.split("\n").filter((line) => /error/.test(line) && !/^\S+\/cli\.ts\(/.test(line)),
  ).toEqual([]);
  rmSync(house, { recursive: true, force: true });
});

test.each([
  ["upsert's ifMatch", "ifMatch"],
  ["a key's pk", "pk"],
  ["an item's name", "name"],
  ["the procedure get", "get"],
] as const)("renaming %s breaks the CLI's type-check", (rename: Rename, word) => {
  expect(said[folderOf(rename)]).toContain(word);
});

test("the CLI type-checks against the router as it is", () => {
  expect(said[folderOf("nothing")]).toBeUndefined();
});

test("the client's calls have the router's types", () => {
  type Inputs = inferRouterInputs<AppRouter>["items"];
  type Outputs = inferRouterOutputs<AppRouter>["items"];
  expectTypeOf<RouterInputs["items"]["get"]>().toEqualTypeOf<Inputs["get"]>();
  expectTypeOf<RouterInputs["items"]["upsert"]>().toEqualTypeOf<Inputs["upsert"]>();
  expectTypeOf<RouterOutputs["items"]["upsert"]>().toEqualTypeOf<Outputs["upsert"]>();
  expectTypeOf<Parameters<Client["items"]["get"]["query"]>[0]>().toEqualTypeOf<Inputs["get"]>();
});
