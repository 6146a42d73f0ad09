import type { ChangesPage, ItemBase, Since } from "@cosmos-trpc/cosmos-core";
import type { Subscription } from "./liveFeed.ts";
import type { SharedFeed } from "./sharedFeeds.ts";

/** What somebody who watches is to be told of. */
export interface Watch<Item> {
  /** The id of the last page that it has received: its cursor. */
  readonly lastEventId: string | undefined;
  /** Where it begins without one. */
  readonly since: Since;
  /** Whether it wants an item. */
  readonly wants: (item: Item) => boolean;
  readonly signal: AbortSignal;
  /** Cuts its connection, since it does not take what it is sent. */
  onDrop(): void;
}

/** Changes that it did not want, after which it is told of its new cursor all the same. */
const maxSilentChanges = 1_000;

/**
 * The pages for one who watches, each with the cursor that it goes on with: first what it has missed, which one replay
 * brings to all who have missed the same, then what the live feed reads for all. Its first page may be empty, and comes
 * at once: with its cursor a client whose connection breaks before the first change misses nothing either.
 */
export async function* watchChanges<Item extends ItemBase>(
  { live, replays }: SharedFeed<Item>,
  { lastEventId, since, wants, signal, onDrop }: Watch<Item>,
): AsyncGenerator<ChangesPage<Item>, void, undefined> {
  let cursor = lastEventId ?? (since === "now" ? live.cursor() : undefined);
  let skipped = 0;

  /** What is wanted of a page; of long nothing, its end. */
  function* wanted(page: ChangesPage<Item>, isEnd = false): Generator<ChangesPage<Item>> {
    cursor = page.cursor;
    const items = page.items.filter(wants);
    skipped = items.length > 0 ? 0 : skipped + page.items.length;
    if (items.length === 0 && !isEnd && skipped < maxSilentChanges) return;
    skipped = 0;
    yield { ...page, items };
  }

  const subscriber = { signal, onDrop };
  let subscription: Subscription<Item> | undefined;
  let isEndTold = false;
  try {
    if (cursor !== undefined) {
      subscription = live.subscribe(live.positionAfter(cursor), subscriber);
      isEndTold = subscription !== undefined;
      if (isEndTold) yield { items: [], cursor, requestCharge: 0 };
    }
    // What the live feed has given to others meanwhile, and buffers no more, is replayed in its turn.
    while (subscription === undefined) {
      const replay = replays.join(cursor ?? since, subscriber);
      try {
        for (let page = await replay.next(); page !== undefined; page = await replay.next()) {
          const isEnd = page.items.length === 0 && page.unfit === undefined;
          yield* wanted(page, isEnd && !isEndTold);
          isEndTold ||= isEnd;
        }
        subscription = replay.subscribe();
      } finally {
        replay.leave();
      }
    }
    for (;;) yield* wanted(await subscription.next());
  } finally {
    subscription?.unsubscribe();
  }
}
