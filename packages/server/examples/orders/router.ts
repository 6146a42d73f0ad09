import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import { createRouter, entity } from "../../src/index.ts";
import { orders } from "./orders.ts";

/** The server's own entities, and one more: this is the line. */
export const entities = {
  items: entity(items, { key: itemKey }),
  orders: entity(orders),
};

export const shopRouter = createRouter(entities);

/** The API's type: what clients are typed from. */
export type ShopRouter = typeof shopRouter;
