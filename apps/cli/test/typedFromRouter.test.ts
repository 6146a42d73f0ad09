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
import type { AppRouter } from "@app/server";
import type { ItemsClient } from "@cosmos-trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

/**
 * Type-checks a copy of the CLI against a copy of the client, whose types are generated from a copy of the server, one of
 * whose files is rewritten.
 *
 * @param file of the server
 * @returns the files with errors, each with what the compiler says first
 */
function typeCheck(file: string, rewrite: (source: string) => string): Record<string, string> {
  const house = mkdtempSync(join(tmpdir(), "cli-types-"));
  onTestFinished(() => rmSync(house, { recursive: true, force: true }));
  for (const file of ["package.json", "tsconfig.base.json"]) cpSync(join(root, file), join(house, file));
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"), "dir");
  for (const part of ["apps/cli", "apps/server", "packages/client", "packages/server"]) {
    const [from, to] = [join(root, part), join(house, part)];
    cpSync(join(from, "src"), join(to, "src"), { recursive: true });
    for (const file of ["package.json", "tsconfig.json"]) cpSync(join(from, file), join(to, file));
    linkModules(join(from, "node_modules"), join(to, "node_modules"));
  }
  // The copied app's framework is the copied one.
  const framework = join(house, "apps/server/node_modules/@cosmos-trpc/server");
  rmSync(framework);
  symlinkSync(join(house, "packages/server"), framework, "dir");
  // The copied CLI's client is the copied one, from its sources.
  const client = join(house, "apps/cli/node_modules/@cosmos-trpc/client");
  rmSync(client);
  symlinkSync(join(house, "packages/client"), client, "dir");
  const face = { name: "@cosmos-trpc/client", type: "module", exports: "./src/index.ts" };
  writeFileSync(join(house, "packages/client/package.json"), JSON.stringify(face));

  const source = join(house, file);
  const before = readFileSync(source, "utf8");
  writeFileSync(source, rewrite(before));
  const generated = spawnSync(
    process.execPath,
    [
      "--conditions=@cosmos-trpc/source",
      join(root, "packages/trpc-typegen/src/main.ts"),
      join(house, "apps/server/src/router.ts"),
      "--out",
      join(house, "packages/client/src/generated/router.d.ts"),
    ],
    { encoding: "utf8" },
  );
  expect(generated).toMatchObject({ status: 0, stderr: "" });
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
  expect(typeCheck("apps/server/src/router.ts", (source) => source)).toEqual({});
});

test("renaming upsert's ifMatch breaks the CLI's type-check", () => {
  const found = typeCheck("packages/server/src/entity/entity.ts", (source) =>
    replaced(source, [
      "written: splitFields(item, { ifMatch })",
      "written: splitFields(item, { onlyOver: ifMatch })",
    ]),
  );
  expect(found).toMatchObject({
    "apps/cli/src/commands/upsertItems.ts": expect.stringContaining("ifMatch"),
    "packages/client/src/updateItem.ts": expect.stringContaining("ifMatch"),
  });
});

test("renaming a key's pk breaks the CLI's type-check", () => {
  const renamed =
    "z.strictObject({ id: z.string(), owner: z.string() }).transform(({ id, owner }) => ({ id, pk: owner }))";
  const found = typeCheck("apps/server/src/entities.ts", (source) =>
    replaced(
      source,
      ["key: itemKey", `key: ${renamed}`],
      ["itemKey, items", "items"],
      ["import", 'import { z } from "zod";\nimport'],
    ),
  );
  expect(found["apps/cli/src/commands/getItem.ts"]).toContain("pk");
});

test("renaming a procedure breaks the CLI's type-check", () => {
  const found = typeCheck("packages/server/src/procedures/entityRouter.ts", (source) =>
    replaced(source, ["    get: procedure", "    read: procedure"]),
  );
  expect(Object.keys(found)).toContain("apps/cli/src/commands/getItem.ts");
});

test("the client's calls have the router's types", () => {
  type Inputs = inferRouterInputs<AppRouter>["items"];
  type Outputs = inferRouterOutputs<AppRouter>["items"];
  expectTypeOf<Parameters<ItemsClient["items"]["get"]["query"]>[0]>().toEqualTypeOf<Inputs["get"]>();
  expectTypeOf<Parameters<ItemsClient["items"]["upsert"]["mutate"]>[0]>().toEqualTypeOf<Inputs["upsert"]>();
  expectTypeOf<Awaited<ReturnType<ItemsClient["items"]["upsert"]["mutate"]>>>().toEqualTypeOf<
    Outputs["upsert"]
  >();
});
