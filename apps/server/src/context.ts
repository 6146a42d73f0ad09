import type { Item, ItemResult, Store, Stored } from "@cosmos-trpc/cosmos-core";
import type { Database } from "./database.ts";

/** What a procedure works with: made for each request, shared by the calls of a batch. */
export interface Context {
  /** The store of items. @throws StoreError when there is none yet. */
  items(): Promise<Store<Item>>;
  /** Request units (RU) that the request's calls have cost so far. */
  readonly usage: { requestCharge: number };
}

/** A context for one request. */
export const createContext = (database: Database): Context => ({
  items: database.items,
  usage: { requestCharge: 0 },
});

/** Takes the item out of a result, and its charge into the request's. */
export function charged({ usage }: Context, { item, requestCharge }: ItemResult<Item>): Stored<Item> {
  usage.requestCharge += requestCharge;
  return item;
}
