import { validate } from "@readme/openapi-parser";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import { beforeAll, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { type ShopRouter, api as shop } from "../examples/orders/api.ts";
import { openStream, untilSeen, watched, watchUrl } from "./eventStream.ts";
import { useServer } from "./serverOfFile.ts";

const running = useServer(shop);
let api: TRPCClient<ShopRouter>;

beforeAll(() => {
  api = createTRPCClient<ShopRouter>({ links: [httpLink({ url: `${running.url}/trpc` })] });
});

const order = (id: string, more: object = {}) => ({
  id,
  tenant: "shop",
  customer: 7,
  total: 10,
  lines: [{ sku: "tea", count: 1 }],
  ...more,
});

test("a second entity has the procedures, typed by its own schema and key", async () => {
  const created = await api.orders.create.mutate(order("o1"));
  expect(created).toMatchObject({ id: "o1", status: "open", _etag: expect.any(String) });
  expectTypeOf(created.status).toEqualTypeOf<"open" | "paid" | "sent">();
  const key = { id: "o1", tenant: "shop", customer: 7 };
  const patched = await api.orders.patch.mutate([
    key,
    { set: { status: "paid" }, append: { lines: { sku: "cup", count: 2 } } },
    { where: { status: { eq: "open" } } },
  ]);
  expect(patched.lines).toHaveLength(2);
  expect(await api.orders.get.query(key)).toEqual(patched);
  await api.orders.bulk.mutate({
    items: [
      order("o2", { total: 30 }),
      order("o3", { total: 20, customer: 8 }),
      order("o4", { tenant: "other" }),
    ],
  });
  const list = await api.orders.list.query({ pk: { tenant: "shop" }, orderBy: [["total", "desc"]] });
  expect(list.items.map(({ id }) => id)).toEqual(["o2", "o3", "o1"]);
  const typed = async (client: TRPCClient<ShopRouter>) => {
    // @ts-expect-error: an order is named by its tenant and customer too
    await client.orders.get.query({ id: "o1" });
    const bothUp = [
      ["status", "asc"],
      ["total", "asc"],
    ] as const;
    // @ts-expect-error: no declared query has that order
    await client.orders.list.query({ orderBy: bothUp });
  };
  expect(typed).toBeTypeOf("function");
  await api.orders.delete.mutate(key);
  const gone = await api.orders.get.query(key).catch((error: unknown) => error);
  expect((gone as TRPCClientError<ShopRouter>).data).toMatchObject({ reason: "not-found" });
  expect(gone).toBeInstanceOf(TRPCClientError);
});

test("its watch is narrowed by the first fields of its key", async () => {
  const stream = await openStream(watchUrl(running.url, { pk: { tenant: "mine" } }, "orders.watch"));
  onTestFinished(() => stream.close());
  const events = watched(stream);
  await events.next();
  await api.orders.create.mutate(order("w1", { tenant: "theirs" }));
  await api.orders.create.mutate(order("w2", { tenant: "mine" }));
  expect((await untilSeen(events, ["w2"])).ids).toEqual(["w2"]);
});

test("it has the plain HTTP routes, addressed by its key's fields", async () => {
  const base = `${running.url}/api/cosmos/orders`;
  const post = await fetch(base, { method: "POST", body: JSON.stringify(order("h1")) });
  const location = post.headers.get("location") ?? "";
  expect([post.status, location]).toEqual([201, "/api/cosmos/orders/h1?tenant=shop&customer=7"]);
  const found = await fetch(running.url + location);
  expect(await found.json()).toMatchObject({ id: "h1", customer: 7 });
  const list = await fetch(`${base}?tenant=shop&customer=7`);
  expect(((await list.json()) as { items: { id: string }[] }).items.map(({ id }) => id)).toContain("h1");
  for (const [address, fields] of [
    ["/h1", ["customer", "tenant"]],
    ["/h1?tenant=shop&customer=seven", ["customer"]],
    ["?customer=7", ["pk"]],
  ] as const) {
    const refused = await fetch(base + address);
    expect(refused.status).toBe(400);
    const { fields: named } = (await refused.json()) as { fields: { path: string }[] };
    expect(named.map(({ path }) => path).sort()).toEqual(fields);
  }
  const removed = await fetch(running.url + location, { method: "DELETE" });
  expect(removed.status).toBe(204);
});

test("PUT is refused without the whole key in its address, and writes no other item than that", async () => {
  const base = `${running.url}/api/cosmos/orders`;
  await api.orders.create.mutate(order("p1"));
  const kept = await api.orders.get.query({ id: "p1", tenant: "shop", customer: 7 });
  for (const [address, more, fields] of [
    ["/p1", {}, ["customer", "tenant"]],
    ["/p1?tenant=shop", {}, ["customer"]],
    ["/p1?tenant=shop&customer=8", {}, ["customer"]],
    ["/p1?tenant=shop&customer=0", { customer: 0 }, ["customer"]],
  ] as const) {
    const body = JSON.stringify(order("p1", { total: 99, ...more }));
    const refused = await fetch(base + address, { method: "PUT", body });
    expect([address, refused.status]).toEqual([address, 400]);
    const { fields: named } = (await refused.json()) as { fields: { path: string }[] };
    expect(named.map(({ path }) => path).sort()).toEqual(fields);
  }
  expect(await api.orders.get.query({ id: "p1", tenant: "shop", customer: 7 })).toEqual(kept);
  const { id, tenant, customer, ...rest } = order("p1", { total: 11 });
  const put = await fetch(`${base}/${id}?tenant=${tenant}&customer=${customer}`, {
    method: "PUT",
    body: JSON.stringify(rest),
  });
  expect([put.status, await put.json()]).toEqual([200, expect.objectContaining({ customer: 7, total: 11 })]);
});

test("it is in the OpenAPI document, beside the items", async () => {
  const document = (await (await fetch(`${running.url}/openapi.json`)).json()) as {
    paths: Record<string, { parameters: { name: string; required: boolean }[] }>;
  };
  expect(
    await validate(structuredClone(document) as unknown as Parameters<typeof validate>[0]),
  ).toMatchObject({
    valid: true,
  });
  expect(Object.keys(document.paths)).toContain("/api/cosmos/items");
  expect(document).toMatchObject({ info: { title: "Shop", version: "2.1.0" } });
  const parameters = document.paths["/api/cosmos/orders/{id}"]?.parameters;
  expect(parameters?.map(({ name, required }) => [name, required])).toEqual([
    ["id", true],
    ["tenant", true],
    ["customer", true],
  ]);
});
