import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppRouter } from "@cosmos-trpc/server";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import type { Api } from "../src/api.ts";

const root = join(import.meta.dirname, "../../..");

/**
 * Type-checks a copy of the CLI against a copy of the server whose items router is rewritten.
 *
 * @returns the files with errors, each with what the compiler says first
 */
function typeCheck(rewrite: (router: string) => string): Record<string, string> {
  const house = mkdtempSync(join(tmpdir(), "cli-types-"));
  onTestFinished(() => rmSync(house, { recursive: true, force: true }));
  for (const file of ["package.json", "tsconfig.base.json"]) cpSync(join(root, file), join(house, file));
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"), "dir");
  for (const app of ["cli", "server"]) {
    const [from, to] = [join(root, "apps", app), join(house, "apps", app)];
    cpSync(join(from, "src"), join(to, "src"), { recursive: true });
    cpSync(join(from, "package.json"), join(to, "package.json"));
    linkModules(join(from, "node_modules"), join(to, "node_modules"));
  }
  // The copied CLI's server is the copied one.
  const server = join(house, "apps/cli/node_modules/@cosmos-trpc/server");
  rmSync(server);
  symlinkSync(join(house, "apps/server"), server, "dir");

  const router = join(house, "apps/server/src/router/items.ts");
  const before = readFileSync(router, "utf8");
  writeFileSync(router, rewrite(before));
  const tsconfig = join(house, "apps/cli/tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ extends: "../../tsconfig.base.json", include: ["src"] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", tsconfig, "--pretty", "false"], {
    cwd: house,
    encoding: "utf8",
  });
  const errors = run.stdout.matchAll(/^(\S+?)\(\d+,\d+\): error (.*)$/gm);
  const found = Object.fromEntries([...errors].map(([, file, said]) => [file, said]).reverse()) as Record<
    string,
    string
  >;
  expect([run.stdout, run.status === 0]).toEqual([run.stdout, Object.keys(found).length === 0]);
  return found;
}

/** Links every package of a node_modules folder, so that single ones can be exchanged. */
function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith("@")) linkModules(join(from, name), join(to, name));
    else if (!name.startsWith(".")) symlinkSync(join(from, name), join(to, name), "dir");
  }
}

function replaced(text: string, ...pairs: readonly (readonly [from: string, to: string])[]): string {
  return pairs.reduce((result, [from, to]) => {
    expect(result).toContain(from);
    return result.replace(from, to);
  }, text);
}

test("the CLI type-checks against the router as it is", () => {
  expect(typeCheck((router) => router)).toEqual({});
});

test("renaming upsert's ifMatch breaks the CLI's type-check", () => {
  const found = typeCheck((router) =>
    replaced(
      router,
      ["ifMatch: ifMatch.optional()", "onlyOver: ifMatch.optional()"],
      ["input: { ifMatch, ...item }", "input: { onlyOver: ifMatch, ...item }"],
    ),
  );
  expect(found).toEqual({ "apps/cli/src/commands/upsertItems.ts": expect.stringContaining("ifMatch") });
});

test("renaming get's pk breaks the CLI's type-check", () => {
  const renamed =
    "z.strictObject({ id: itemFields.id, owner: itemFields.pk }).transform(({ id, owner }) => withPartitionKey({ id, pk: owner }))";
  const found = typeCheck((router) =>
    replaced(router, ["itemKey, ", ""], ["procedure.input(itemKey)", `procedure.input(${renamed})`]),
  );
  expect(found).toEqual({ "apps/cli/src/commands/getItem.ts": expect.stringContaining("pk") });
});

test("renaming a procedure breaks the CLI's type-check", () => {
  const found = typeCheck((router) => replaced(router, ["  get: procedure", "  read: procedure"]));
  expect(Object.keys(found)).toEqual(["apps/cli/src/commands/getItem.ts"]);
});

test("the client's calls have the router's types", () => {
  type Inputs = inferRouterInputs<AppRouter>["items"];
  type Outputs = inferRouterOutputs<AppRouter>["items"];
  expectTypeOf<Parameters<Api["items"]["get"]["query"]>[0]>().toEqualTypeOf<Inputs["get"]>();
  expectTypeOf<Parameters<Api["items"]["upsert"]["mutate"]>[0]>().toEqualTypeOf<Inputs["upsert"]>();
  expectTypeOf<Awaited<ReturnType<Api["items"]["upsert"]["mutate"]>>>().toEqualTypeOf<Outputs["upsert"]>();
});
