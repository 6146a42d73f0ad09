import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "@cosmos-trpc/cli";
import { type ApiClient, createApiClient } from "@cosmos-trpc/client";
import { createManifest } from "@cosmos-trpc/server";
import { beforeAll, expect, test, vi } from "vitest";
import { type ShopRouter, api as shop } from "../examples/shop/api.ts";
import { useShop } from "./runningShop.ts";

// The shop's second entity, and its own procedure, through all that there is: tRPC, plain HTTP, the client and the CLI.

const server = useShop();
let api: ApiClient<ShopRouter>;

const manifest = createManifest(shop);

beforeAll(() => {
  api = createApiClient<ShopRouter>({ url: server.url, idempotent: ["orders.upsert"] });
});

const order = (id: string, total: number) => ({
  id,
  tenant: "shop",
  customer: 7,
  total,
  lines: [{ sku: "tea", count: 1 }],
});

/** Starts the shop's command line in this process. */
function start(args: readonly string[], input = "") {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const signals = new EventEmitter();
  let shown = "";
  stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const said = text(stderr);
  const io = {
    ...{ stdin, stdout, stderr, env: { SHOP_URL: server.url } },
    once: signals.once.bind(signals),
    off: signals.off.bind(signals),
  };
  const options = { name: "shop", version: "2.1.0", manifest, createClient: createApiClient<ShopRouter> };
  const ended = run(options, args, io).then(async (code) => {
    stdout.end();
    stderr.end();
    return { code, stdout: shown, stderr: await said };
  });
  return { ended, shown: () => shown, interrupt: () => signals.emit("SIGINT", "SIGINT") };
}

const cli = (args: readonly string[], input?: string) => start(args, input).ended;

const linesOf = (output: string): Record<string, unknown>[] =>
  output
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test("an order of the client's is the same over plain HTTP, over tRPC and on the command line", async () => {
  const key = { id: "o1", tenant: "shop", customer: 7 };
  await api.orders.upsert.mutate(order("o1", 30));
  await api.orders.upsert.mutate(order("o2", 2.5));
  const found = await api.orders.get.query(key);
  expect(found).toMatchObject(order("o1", 30));
  const page = await api.orders.list.query({ pk: { tenant: "shop" }, orderBy: [["total", "asc"]] });
  expect(page.items.map(({ id }) => id)).toEqual(["o2", "o1"]);

  const query = new URLSearchParams({ tenant: "shop", customer: "7" });
  expect(await (await fetch(`${server.url}/api/cosmos/orders/o1?${query}`)).json()).toEqual(found);
  const input = encodeURIComponent(JSON.stringify(key));
  expect(await (await fetch(`${server.url}/trpc/orders.get?input=${input}`)).json()).toEqual({
    result: { data: found },
  });

  const got = await cli(["orders", "get", "o1", "--tenant", "shop", "--customer", "7", "--json"]);
  expect(got).toMatchObject({ code: 0, stderr: "" });
  expect(linesOf(got.stdout)).toEqual([found]);
  const listed = await cli(["orders", "list", "--tenant", "shop", "--order-by", "total:desc"]);
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  expect(linesOf(listed.stdout).map(({ id }) => id)).toEqual(["o1", "o2"]);
});

test("orders are imported and exported, and what breaks the schema is refused with its line", async () => {
  const orders = [order("i1", 1), order("i2", 2)].map((it) => ({ ...it, tenant: "files" }));
  const written = [...orders, { ...order("i3", -1), tenant: "files" }].map((it) => JSON.stringify(it));
  const imported = await cli(["orders", "import", "-", "--format", "ndjson"], `${written.join("\n")}\n`);
  expect(imported.code).toBe(1);
  expect(imported.stderr).toMatch(/^shop: line 3: .*total.*must not be negative/);
  const exported = await cli(["orders", "export", "-", "--tenant", "files"]);
  expect(exported).toMatchObject({ code: 0 });
  expect(linesOf(exported.stdout).map(({ _etag, _ts, ...it }) => it)).toEqual(orders);
});

test("a client and a command line watch the same orders", async () => {
  const watching = start(["orders", "watch", "--since", "beginning", "--tenant", "watched"]);
  const seen: unknown[] = [];
  const errors: unknown[] = [];
  const subscription = api.orders.watch.subscribe(
    { since: "beginning", pk: { tenant: "watched" } },
    { onData: ({ data }) => seen.push(...data.items), onError: (error) => errors.push(error) },
  );
  await api.orders.upsert.mutate({ ...order("w1", 1), tenant: "watched" });
  await vi.waitUntil(() => seen.length === 1 && watching.shown().endsWith("\n"), { timeout: 60_000 });
  subscription.unsubscribe();
  watching.interrupt();
  expect(await watching.ended).toMatchObject({ code: 130 });
  expect(errors).toEqual([]);
  expect(seen).toMatchObject([{ id: "w1" }]);
  expect(linesOf(watching.shown())).toMatchObject([{ id: "w1", tenant: "watched" }]);
});

test("the own procedure is a command, with its own error", async () => {
  await api.items.upsert.mutate({ id: "cup", data: { stock: 5, price: 2.5 } });
  const reserve = (count: number) =>
    cli([
      ...["reserve", "--id", "cup", "--count", String(count)],
      ...["--tenant", "shop", "--customer", "9", "--json"],
    ]);
  const reserved = await reserve(2);
  expect(reserved).toMatchObject({ code: 0, stderr: "" });
  const [{ order: id, left } = {}] = linesOf(reserved.stdout);
  expect(left).toBe(3);
  expect(await api.orders.get.query({ id: String(id), tenant: "shop", customer: 9 })).toMatchObject({
    total: 5,
  });
  const refused = await reserve(100);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("There are fewer than 100 of cup left.");
  const wrong = await cli(["reserve", "--id", "cup", "--count", "many", "--tenant", "shop"]);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
});
