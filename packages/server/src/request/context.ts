import type { ItemBase, Ordering, Store } from "@cosmos-trpc/cosmos-core";
import type { EntityDefinition } from "../entity/entity.ts";
import type { Database } from "../run/database.ts";
import type { SharedFeeds } from "../watch/sharedFeeds.ts";
import { startUsage, type Usage } from "./usage.ts";

/** What a procedure works with: made for each request, shared by the calls of a batch. */
export interface Context {
  readonly database: Database;
  readonly changes: SharedFeeds;
  /** After so long a watch's stream ends, in milliseconds, and its client goes on: so they spread over new instances. */
  readonly watchDuration: number;
  readonly usage: Usage;
  /** Ends the connection, whatever is still to be written to it. */
  disconnect(): void;
}

/** What all requests share. */
export type Shared = Pick<Context, "database" | "changes" | "watchDuration">;

/** A context for one request. */
export const createContext = (shared: Shared, disconnect: () => void): Context => ({
  ...shared,
  usage: startUsage(),
  disconnect,
});

/** Lets an entity's store do something, whose charge and time are the request's. */
export async function spend<
  Item extends ItemBase,
  Key extends { readonly id: string },
  Area,
  Order extends Ordering,
  Result extends { readonly requestCharge: number },
>(
  { database, usage }: Context,
  definition: EntityDefinition<Item, Key, Area, Order>,
  work: (store: Store<Item, Key, Area, Order>) => Promise<Result>,
): Promise<Result> {
  const result = await usage.timed(async () => work(await database.store(definition)));
  usage.charge(result.requestCharge);
  return result;
}
