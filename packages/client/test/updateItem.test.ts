import { TRPCError } from "@trpc/server";
import { expect, expectTypeOf, test } from "vitest";
import { type ApiClient, createApiClient, isApiError, updateItem } from "../src/index.ts";
import { Refusal, serve, t } from "./runningRouter.ts";

interface OrderKey {
  readonly id: string;
  readonly address: { readonly city: string };
}

interface OrderInput extends OrderKey {
  readonly address: { readonly city: string; readonly street?: string };
  readonly total?: number;
}

type StoredOrder = OrderInput & { readonly total: number; readonly _etag: string; readonly _ts: number };

/** One order, behind an entity's procedures; its partition key is inside an object. */
function orders(overtakenTimes = 0) {
  let stored: StoredOrder = {
    id: "1",
    address: { city: "Oslo", street: "Gata" },
    total: 1,
    _etag: '"1"',
    _ts: 1,
  };
  const writes: unknown[] = [];
  const overwrite = (order: OrderInput): StoredOrder => {
    const version = stored._ts + 1;
    stored = { total: 0, ...order, _etag: `"${version}"`, _ts: version };
    return stored;
  };
  const router = t.router({
    orders: t.router({
      get: t.procedure.input((input) => input as OrderKey).query(() => stored),
      replace: t.procedure
        .input((input) => input as OrderInput | readonly [OrderInput, { readonly ifMatch?: string }])
        .mutation(({ input }) => {
          writes.push(input);
          const [order, { ifMatch = undefined } = {}] = (Array.isArray(input) ? input : [input]) as [
            OrderInput,
            { ifMatch?: string }?,
          ];
          if (writes.length <= overtakenTimes) overwrite({ ...stored, total: stored.total + 100 });
          if (ifMatch !== undefined && ifMatch !== stored._etag) {
            const cause = new Refusal("It has changed.", {
              reason: "precondition-failed",
              currentEtag: stored._etag,
            });
            throw new TRPCError({ code: "PRECONDITION_FAILED", cause });
          }
          return overwrite(order);
        }),
    }),
  });
  return { router, writes };
}

type OrdersApi = ReturnType<typeof orders>["router"];

const key: OrderKey = { id: "1", address: { city: "Oslo" } };

test("it writes what it was told over the version that it read, and begins again when overtaken", async () => {
  const { router, writes } = orders(2);
  const client = createApiClient<OrdersApi>(await serve(router));
  const updated = await updateItem(client.orders, key, (order) => ({ ...order, total: order.total + 1 }));
  expect(updated).toEqual({
    id: "1",
    address: { city: "Oslo", street: "Gata" },
    total: 202,
    _etag: '"4"',
    _ts: 4,
  });
  expect(writes).toMatchObject([
    [{ total: 2 }, { ifMatch: '"1"' }],
    [{ total: 102 }, { ifMatch: '"2"' }],
    [{ total: 202, address: { street: "Gata" } }, { ifMatch: '"3"' }],
  ]);
});

test("it ends after 10 attempts with the etag that is there, and writes nothing for undefined", async () => {
  const { router, writes } = orders(100);
  const client = createApiClient<OrdersApi>(await serve(router));
  const before = await client.orders.get.query(key);
  expect(await updateItem(client.orders, key, () => undefined)).toEqual(before);
  expect(writes).toEqual([]);
  const error = await updateItem(client.orders, key, async (order) => order).catch(
    (thrown: unknown) => thrown,
  );
  const { _etag } = await client.orders.get.query(key);
  expect(isApiError(error, "precondition-failed") && error.currentEtag).toBe(_etag);
  expect(writes).toHaveLength(10);
});

test("its types are the entity's", () => {
  const typed = (client: ApiClient<OrdersApi>): void => {
    void updateItem(client.orders, key, (order) => {
      expectTypeOf(order).toExtend<StoredOrder>();
      return { ...order, total: 1 };
    });
    // @ts-expect-error The key lacks its partition key.
    void updateItem(client.orders, { id: "1" }, (order) => order);
    // @ts-expect-error A total is a number.
    void updateItem(client.orders, key, (order) => ({ ...order, total: "1" }));
    // @ts-expect-error It gives the whole item.
    void updateItem(client.orders, key, () => ({ total: 1 }));
    // @ts-expect-error These are not an entity's procedures.
    void updateItem(client, key, (order) => order);
  };
  expect(typed).toBeInstanceOf(Function);
  const renamed = t.router({
    get: t.procedure.query(() => ({ id: "1", _etag: "" })),
    replace: t.procedure
      .input((input) => input as OrderInput | readonly [OrderInput, { readonly onlyOver?: string }])
      .mutation(() => 1),
  });
  const refused = (client: ApiClient<typeof renamed>) =>
    // @ts-expect-error Its condition has another name.
    updateItem(client, undefined as never, () => undefined);
  expect(refused).toBeInstanceOf(Function);
});
