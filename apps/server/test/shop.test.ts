import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import { beforeAll, describe, expect, test } from "vitest";
import type { ShopRouter } from "../examples/shop/api.ts";
import { useShop } from "./runningShop.ts";

const server = useShop();
let api: TRPCClient<ShopRouter>;

beforeAll(() => {
  api = createTRPCClient<ShopRouter>({ links: [httpLink({ url: `${server.url}/trpc` })] });
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
    const { id } = server.faults.add({ operation: "createDocument", count: 1, status: 413 });
    const refused = await api.reserve.mutate({ id: "cup", count: 1, ...customer }).catch((error) => error);
    expect(refused).toMatchObject({ data: { code: "PAYLOAD_TOO_LARGE", reason: "too-large" } });
    expect(server.faults.list().find((fault) => fault.id === id)?.hits ?? 1).toBe(1);
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
