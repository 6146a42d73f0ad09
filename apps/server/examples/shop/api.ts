import { randomUUID } from "node:crypto";
import { itemId, itemKey, items, StoreError } from "@cosmos-trpc/cosmos-core/schema";
import { createApi, entity, entityRouters, initApi } from "@cosmos-trpc/server";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { orders } from "./orders.ts";

/** Items, and a second entity: this is the line. */
const entities = {
  items: entity(items, { key: itemKey }),
  orders: entity(orders),
};

const { router, procedure, createContext } = initApi({ entities });

/** A procedure of one's own, over two containers: takes some of an item from its stock, and writes the order. */
const reserve = procedure
  .meta({
    openapi: {
      method: "POST",
      path: "/api/items/{id}/reservations",
      summary: "Takes some of an item from its stock, and writes the order",
      tags: ["orders"],
    },
  })
  .input(
    z.strictObject({
      id: itemId,
      count: z.int().positive().describe("How many to take"),
      tenant: z.string().min(1).describe("Whose shop it is"),
      customer: z.int().positive().describe("The customer's number"),
    }),
  )
  .output(z.object({ order: z.string().describe("The order's id"), left: z.number() }))
  .mutation(async ({ ctx: { stores }, input: { id, count, tenant, customer } }) => {
    const key = { id, pk: id };
    const { item } = await stores.items
      .patch(key, { increment: { "data.stock": -count } }, { where: { "data.stock": { gte: count } } })
      .catch((error: unknown) => {
        if (!(error instanceof StoreError) || error.reason !== "precondition-failed") throw error;
        throw new TRPCError({ code: "CONFLICT", message: `There are fewer than ${count} of ${id} left.` });
      });
    const { price, stock } = z.object({ price: z.number(), stock: z.number() }).parse(item.data);
    const order = { id: randomUUID(), tenant, customer, total: price * count, lines: [{ sku: id, count }] };
    await stores.orders.create(order).catch(async (error: unknown) => {
      // Two containers have no transaction: what was taken is given back.
      await stores.items.patch(key, { increment: { "data.stock": count } });
      throw error;
    });
    return { order: order.id, left: stock };
  });

export const shopRouter = router({ ...entityRouters(procedure, entities), reserve });

/** The API's type: what clients are typed from. */
export type ShopRouter = typeof shopRouter;

export const api = createApi({
  title: "Shop",
  version: "2.1.0",
  entities,
  router: shopRouter,
  createContext,
});
