import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { items } from "@cosmos-trpc/cosmos-core/schema";
import { initTRPC } from "@trpc/server";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { api } from "../examples/orders/api.ts";
import { api as team } from "../examples/teamRouter.ts";
import { createManifest, entity, entityRouter } from "../src/index.ts";

const manifest = createManifest(api);

test("an entity is described by what checks its requests", () => {
  const { orders } = manifest.entities;
  expect(orders?.key).toEqual([
    { name: "id", path: ["id"], kinds: ["string"], isOptional: false },
    { name: "tenant", path: ["tenant"], kinds: ["string"], isOptional: false },
    { name: "customer", path: ["customer"], kinds: ["number"], isOptional: false },
  ]);
  expect(manifest.entities["items"]?.key[1]).toMatchObject({ name: "pk", isOptional: true });
  expect(orders?.columns.map(({ name }) => name)).toEqual([
    ...["id", "tenant", "customer", "status", "total", "lines", "_etag", "_ts"],
  ]);
  const columns = new Map(orders?.columns.map((column) => [column.name, column]));
  expect(columns.get("status")).toMatchObject({ isOptional: true, description: "How far it is" });
  expect(columns.get("_ts")).toMatchObject({ kinds: ["number"], isReadOnly: true });
  const operators = new Map(orders?.filters.map((filter) => [filter.name, filter.operators]));
  expect(operators.get("total")).toEqual(["eq", "ne", "lt", "lte", "gt", "gte", "in", "exists"]);
  expect(operators.get("status")).toContain("startsWith");
  expect(orders?.orders).toEqual({
    single: ["id", "tenant", "customer", "status", "total", "_ts"],
    composite: [
      [
        ["status", "asc"],
        ["total", "desc"],
      ],
    ],
  });
  expect(orders?.container).toMatchObject({
    id: "orders",
    partitionKey: { paths: ["/tenant", "/customer"], kind: "MultiHash", version: 2 },
    indexingPolicy: { compositeIndexes: [[{ path: "/status" }, { path: "/total", order: "descending" }]] },
  });
});

test("its schemas take and give what the procedures do", () => {
  const { procedures } = manifest;
  const takes = (name: string, input: unknown) =>
    z.fromJSONSchema((procedures[name]?.input ?? {}) as z.core.JSONSchema.JSONSchema).safeParse(input)
      .success;
  const order = { id: "o", tenant: "t", customer: 1, total: 1, lines: [{ sku: "s", count: 1 }] };
  const key = { id: "o", tenant: "t", customer: 1 };
  for (const [name, input] of [
    ["orders.create", order],
    ["orders.upsert", order],
    ["orders.upsert", [order, { ifMatch: "x" }]],
    ["orders.replace", [order]],
    ["orders.get", key],
    ["orders.getMany", [key]],
    ["orders.delete", [key, {}]],
    ["orders.patch", [key, { set: { total: 2 } }, { ifMatch: "x" }]],
    ["orders.bulk", { items: [order] }],
    ["orders.watch", { since: "beginning" }],
    ["orders.list", { limit: 5 }],
  ] as const) {
    expect([name, takes(name, input)]).toEqual([name, true]);
    expect([name, takes(name, 5)]).toEqual([name, false]);
  }
  expect(takes("orders.create", { ...order, total: -1 })).toBe(false);
  for (const [name, { type, description }] of Object.entries(procedures)) {
    expect([name, description]).toEqual([name, expect.any(String)]);
    expect(["query", "mutation", "subscription"]).toContain(type);
  }
});

test("a team's own procedures are in it, and only what can be repeated is idempotent", () => {
  const { procedures } = createManifest(team);
  expect(procedures["greet"]).toEqual({ type: "query" });
  const repeated = Object.keys(procedures).filter((name) => procedures[name]?.isIdempotent);
  expect(repeated).toEqual(["notes.upsert", "notes.replace"]);
});

test("a context without stores is refused by the types of entityRouter", () => {
  const bare = initTRPC.context<{ readonly user: string }>().create();
  // @ts-expect-error: the context needs `stores`
  const make = () => entityRouter(bare.procedure, entity(items));
  expect(Object.keys(make())).toContain("watch");
});

test("the command writes it, and says when the file is stale", () => {
  const folder = mkdtempSync(join(tmpdir(), "manifest-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, "manifest.ts");
  const root = join(import.meta.dirname, "..");
  const run = (module: string, ...more: string[]) =>
    spawnSync(
      process.execPath,
      ["--conditions=@cosmos-trpc/source", "src/manifest/main.ts", module, "--out", out, ...more],
      { cwd: root, encoding: "utf8" },
    );
  const check = () => run("examples/orders/api.ts", "--check");
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining("manifest.ts is stale") });
  expect(run("examples/orders/api.ts")).toMatchObject({ status: 0, stderr: "", stdout: "" });
  const text = readFileSync(out, "utf8");
  expect(text).toContain(
    'export const idempotent: readonly string[] = ["items.upsert","items.replace","orders.upsert"',
  );
  const [, json = ""] = /export const manifest: Manifest = ([\s\S]*);/.exec(text) ?? [];
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(manifest)));
  expect(check()).toMatchObject({ status: 0 });
  appendFileSync(out, "// changed\n");
  expect(check().status).toBe(1);
  expect(run("src/index.ts")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("src/index.ts exports no `api`"),
  });
  // A definition that is refused: its sentence, and no stack.
  const refused = join(folder, "refused.ts");
  const from = (path: string) => JSON.stringify(join(root, "node_modules", path));
  writeFileSync(
    refused,
    `import { defineContainer } from ${from("@cosmos-trpc/cosmos-core/src/schema.ts")};
    import { z } from ${from("zod/index.js")};
    export const api = defineContainer({
      id: "days", partitionKey: "/id", schema: z.object({ id: z.string(), day: z.date() }),
    });`,
  );
  expect(run(refused)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^cosmos-trpc-manifest: The container days has a z\.date\(\) at day, .*\.\n$/,
    ),
  });
});
