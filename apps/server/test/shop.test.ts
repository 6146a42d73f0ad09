import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { readConfiguration, type Server, startServer } from "@cosmos-trpc/server";
import { validate } from "@readme/openapi-parser";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { openStream, untilSeen, watched, watchUrl } from "../../../packages/server/test/eventStream.ts";
import { type ShopRouter, api as shop } from "../examples/shop/api.ts";

let emulator: Emulator;
let server: Server;
let api: TRPCClient<ShopRouter>;

beforeAll(async () => {
  emulator = await startEmulator({ physicalPartitions: 2 });
  Object.assign(process.env, emulator.env);
  server = await startServer(shop, { ...readConfiguration(emulator.env), port: 0, logLevel: "silent" });
  api = createTRPCClient<ShopRouter>({ links: [httpLink({ url: `${server.url}/trpc` })] });
});

afterAll(async () => {
  await server.close();
  await emulator.close();
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
  const stream = await openStream(watchUrl(server.url, { pk: { tenant: "mine" } }, "orders.watch"));
  onTestFinished(() => stream.close());
  const events = watched(stream);
  await events.next();
  await api.orders.create.mutate(order("w1", { tenant: "theirs" }));
  await api.orders.create.mutate(order("w2", { tenant: "mine" }));
  expect((await untilSeen(events, ["w2"])).ids).toEqual(["w2"]);
});

test("it has the plain HTTP routes, addressed by its key's fields", async () => {
  const base = `${server.url}/api/cosmos/orders`;
  const post = await fetch(base, { method: "POST", body: JSON.stringify(order("h1")) });
  const location = post.headers.get("location") ?? "";
  expect([post.status, location]).toEqual([201, "/api/cosmos/orders/h1?tenant=shop&customer=7"]);
  const found = await fetch(server.url + location);
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
  const removed = await fetch(server.url + location, { method: "DELETE" });
  expect(removed.status).toBe(204);
});

test("PUT is refused without the whole key in its address, and writes no other item than that", async () => {
  const base = `${server.url}/api/cosmos/orders`;
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
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
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

describe("a procedure of one's own", () => {
  const customer = { tenant: "shop", customer: 9 };
  const stockOf = async (id: string) => (await api.items.get.query({ id })).data?.["stock"];

  beforeAll(async () => {
    await api.items.upsert.mutate({ id: "cup", data: { stock: 5, price: 2.5 } });
  });

  test("changes two containers, over tRPC", async () => {
    const { order: id, left } = await api.reserve.mutate({ id: "cup", count: 2, ...customer });
    expect([left, await stockOf("cup")]).toEqual([3, 3]);
    expect(await api.orders.get.query({ id, ...customer })).toMatchObject({
      total: 5,
      lines: [{ sku: "cup", count: 2 }],
    });
  });

  test("over plain HTTP, with what it cost", async () => {
    const response = await fetch(`${server.url}/api/items/cup/reservations`, {
      method: "POST",
      body: JSON.stringify({ count: 1, ...customer }),
    });
    expect([response.status, await response.json()]).toEqual([200, { order: expect.any(String), left: 2 }]);
    expect(Number(response.headers.get("x-ms-request-charge"))).toBeGreaterThan(10);
  });

  test("has an error of its own, and then nothing was changed", async () => {
    const response = await fetch(`${server.url}/api/items/cup/reservations/`, {
      method: "POST",
      body: JSON.stringify({ count: 100, ...customer }),
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      409,
      "application/problem+json",
    ]);
    expect(await response.json()).toMatchObject({ detail: "There are fewer than 100 of cup left." });
    const refused = await api.reserve.mutate({ id: "cup", count: 100, ...customer }).catch((error) => error);
    expect(refused).toMatchObject({
      message: "There are fewer than 100 of cup left.",
      data: { code: "CONFLICT" },
    });
    expect(await stockOf("cup")).toBe(2);
  });

  test("gives back what it took when the order cannot be written", async () => {
    const { id } = emulator.faults.add({ operation: "createDocument", count: 1, status: 413 });
    const refused = await api.reserve.mutate({ id: "cup", count: 1, ...customer }).catch((error) => error);
    expect(refused).toMatchObject({ data: { code: "PAYLOAD_TOO_LARGE", reason: "too-large" } });
    expect(emulator.faults.list().find((fault) => fault.id === id)?.hits ?? 1).toBe(1);
    expect(await stockOf("cup")).toBe(2);
  });

  test("is refused with each wrong field", async () => {
    const response = await fetch(`${server.url}/api/items/cup/reservations`, {
      method: "POST",
      body: JSON.stringify({ count: 0.5, tenant: "", colour: "red" }),
    });
    const { fields } = (await response.json()) as { fields: { path: string }[] };
    expect([response.status, fields.map(({ path }) => path).sort()]).toEqual([
      400,
      ["colour", "count", "customer", "tenant"],
    ]);
  });

  test("is described with its schemas", async () => {
    const { paths, components } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, { post: { parameters: object[] } }>;
      components: { schemas: Record<string, object> };
    };
    expect(paths["/api/items/{id}/reservations"]?.post).toMatchObject({
      operationId: "reserve",
      tags: ["orders"],
      parameters: [{ name: "id", in: "path", required: true }],
    });
    expect(components.schemas["reserve.Input"]).toMatchObject({ required: ["count", "tenant", "customer"] });
    expect(components.schemas["reserve.Output"]).toMatchObject({ required: ["order", "left"] });
  });
});
