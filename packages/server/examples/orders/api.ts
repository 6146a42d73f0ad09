import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import { createApi, entity, entityRouters, initApi } from "@cosmos-trpc/server";
import { orders } from "./orders.ts";

/** Items, and a second entity: this is the line. */
const entities = {
  items: entity(items, { key: itemKey }),
  orders: entity(orders),
};

const { router, procedure, createContext } = initApi({ entities });

export const shopRouter = router(entityRouters(procedure, entities));

/** The API's type: what clients are typed from. */
export type ShopRouter = typeof shopRouter;

export const api = createApi({
  title: "Shop",
  version: "2.1.0",
  entities,
  router: shopRouter,
  createContext,
});
