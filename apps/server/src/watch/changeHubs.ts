import type { ItemBase, Ordering, Store } from "@cosmos-trpc/cosmos-core";
import { type ChangeHub, createChangeHub, type HubLimits } from "./changeHub.ts";

/** The hubs of this process: one for each store that somebody has watched. */
export interface ChangeHubs {
  of<Item extends ItemBase, Key extends { readonly id: string }, Area, Order extends Ordering>(
    store: Store<Item, Key, Area, Order>,
  ): ChangeHub<Item>;
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
export function createChangeHubs(limits = hubLimits): ChangeHubs {
  const hubs = new WeakMap<object, unknown>();
  const stopping = new AbortController();
  return {
    of<Item extends ItemBase, Key extends { readonly id: string }, Area, Order extends Ordering>(
      store: Store<Item, Key, Area, Order>,
    ) {
      const hub = (hubs.get(store) as ChangeHub<Item> | undefined) ?? createChangeHub<Item>(store, limits);
      hubs.set(store, hub);
      return hub;
    },
    stopping: stopping.signal,
    stop: () => stopping.abort(),
  };
}
