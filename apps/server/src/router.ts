import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import { entity } from "../entity/entity.ts";
import { createRouter } from "./createRouter.ts";

/** What is served, each under its name: `items.get` of tRPC, `/api/cosmos/items` of plain HTTP. One line an entity. */
export const entities = {
  items: entity(items, { key: itemKey }),
};

export const appRouter = createRouter(entities);

/** The API's type: what clients are typed from. */
export type AppRouter = typeof appRouter;
