import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import { entity } from "@cosmos-trpc/server";

/** What is served, each under its name: `items.get` of tRPC, `/api/cosmos/items` of plain HTTP. One line an entity. */
export const entities = {
  items: entity(items, { key: itemKey }),
};
