import type { ItemBase, Ordering, Store } from "@cosmos-trpc/cosmos-core";
import { type CatchUps, createCatchUps } from "./catchUps.ts";
import { type ChangeHub, createChangeHub, type HubLimits } from "./changeHub.ts";

/** What all watchers of a store share. */
export interface SharedFeed<Item> {
  readonly hub: ChangeHub<Item>;
  readonly catchUps: CatchUps<Item>;
}

/** Makes it. */
export function createSharedFeed<Item extends ItemBase>(
  store: Pick<Store<Item, never, never, never>, "changes">,
  limits: HubLimits,
): SharedFeed<Item> {
  const hub = createChangeHub<Item>(store, limits);
  return { hub, catchUps: createCatchUps<Item>(store, hub, limits) };
}

/** The shared feeds of this process: one for each store that somebody has watched. */
export interface SharedFeeds {
  of<Item extends ItemBase, Key extends { readonly id: string }, Area, Order extends Ordering>(
    store: Store<Item, Key, Area, Order>,
  ): SharedFeed<Item>;
  /** Aborted when the process stops: watchers go on at another one. */
  readonly stopping: AbortSignal;
  stop(): void;
}

/** A change waits a second at most when it is quiet; a burst of a thousand waits as long for who reads slowly. */
const hubLimits: HubLimits = {
  keptChanges: 1_000,
  keptBytes: 16 * 1024 * 1024,
  patience: 1_000,
  pollInterval: 1_000,
};

/** Makes them. */
export function createSharedFeeds(limits = hubLimits): SharedFeeds {
  const feeds = new WeakMap<object, unknown>();
  const stopping = new AbortController();
  return {
    of<Item extends ItemBase, Key extends { readonly id: string }, Area, Order extends Ordering>(
      store: Store<Item, Key, Area, Order>,
    ) {
      const feed =
        (feeds.get(store) as SharedFeed<Item> | undefined) ?? createSharedFeed<Item>(store, limits);
      feeds.set(store, feed);
      return feed;
    },
    stopping: stopping.signal,
    stop: () => stopping.abort(),
  };
}
