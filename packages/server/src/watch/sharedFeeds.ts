import type { ChangesPage, ItemBase } from "@cosmos-trpc/cosmos-core";
import { type ChangeSource, createLiveFeed, type FeedLimits, type LiveFeed } from "./liveFeed.ts";
import { createReplays, type Replays } from "./replays.ts";

/** What all who watch a store share. */
export interface SharedFeed<Item> {
  readonly live: LiveFeed<Item>;
  readonly replays: Replays<Item>;
}

/** Makes it. */
export function createSharedFeed<Item extends ItemBase>(
  source: ChangeSource<Item>,
  limits: FeedLimits,
): SharedFeed<Item> {
  const lean: ChangeSource<Item> = { changes: (request) => withoutUnfit(source.changes(request)) };
  const live = createLiveFeed<Item>(lean, limits, () => replays.forgetUnused());
  const replays = createReplays<Item>(lean, live, limits);
  return { live, replays };
}

/** Pages that say that documents were left out of them, and hold none: a buffer would keep them for nobody. */
async function* withoutUnfit<Item>(
  pages: AsyncIterable<ChangesPage<Item>>,
): AsyncGenerator<ChangesPage<Item>, void, undefined> {
  for await (const page of pages) yield page.unfit === undefined ? page : { ...page, unfit: [] };
}

/** The shared feeds of this process: one for each store that somebody has watched. */
export interface SharedFeeds {
  of<Item extends ItemBase>(source: ChangeSource<Item>): SharedFeed<Item>;
  /** Aborted when the process stops: who watches goes on at another one. */
  readonly stopping: AbortSignal;
  stop(): void;
}

/** A change waits a second at most when it is quiet; a burst of a thousand waits as long for who reads slowly. */
const defaultLimits: FeedLimits = {
  maxChanges: 1_000,
  maxBytes: 16 * 1024 * 1024,
  maxLag: 1_000,
  pollInterval: 1_000,
};

/** Makes them. */
export function createSharedFeeds(limits = defaultLimits): SharedFeeds {
  const feeds = new WeakMap<object, unknown>();
  const stopping = new AbortController();
  return {
    of<Item extends ItemBase>(source: ChangeSource<Item>) {
      const feed =
        (feeds.get(source) as SharedFeed<Item> | undefined) ?? createSharedFeed<Item>(source, limits);
      feeds.set(source, feed);
      return feed;
    },
    stopping: stopping.signal,
    stop: () => stopping.abort(),
  };
}
