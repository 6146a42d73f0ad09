import type { ChangesPage, ItemBase, Since } from "@cosmos-trpc/cosmos-core";
import type { SharedFeed } from "./sharedFeeds.ts";

/** What a watcher is to be told of. */
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

/** Changes that a watcher did not want, after which it is told of its new cursor all the same. */
const silentChanges = 1_000;

/**
 * The pages that a watcher gets, each with the cursor that it goes on with: first what it has missed, which one read
 * brings to all who have missed the same, then what the hub reads for all. Its first page may be empty, and comes at
 * once: with its cursor a watcher whose connection breaks before the first change misses nothing either.
 */
export async function* watchChanges<Item extends ItemBase>(
  { hub, catchUps }: SharedFeed<Item>,
  { lastEventId, since, wants, signal, onDrop }: Watch<Item>,
): AsyncGenerator<ChangesPage<Item>, void, undefined> {
  let cursor = lastEventId ?? (since === "now" ? hub.cursor() : undefined);
  let skipped = 0;

  /** What the watcher wants of a page; of long nothing, its end. */
  function* wanted(page: ChangesPage<Item>, isEnd = false): Generator<ChangesPage<Item>> {
    cursor = page.cursor;
    const items = page.items.filter(wants);
    skipped = items.length > 0 ? 0 : skipped + page.items.length;
    if (items.length === 0 && !isEnd && skipped < silentChanges) return;
    skipped = 0;
    yield { ...page, items };
  }

  const watcher = { signal, onDrop };
  let seat = cursor === undefined ? undefined : hub.resume(cursor, watcher);
  let isEndTold = seat !== undefined;
  try {
    if (seat !== undefined && cursor !== undefined) yield { items: [], cursor, requestCharge: 0 };
    // What the hub has given to others meanwhile, and keeps no more, is caught up with in its turn.
    while (seat === undefined) {
      const passage = catchUps.enter(cursor ?? since, watcher);
      try {
        for (let page = await passage.next(); page !== undefined; page = await passage.next()) {
          const isEnd = page.items.length === 0;
          yield* wanted(page, isEnd && !isEndTold);
          isEndTold ||= isEnd;
        }
        seat = passage.sit();
      } finally {
        passage.leave();
      }
    }
    for (;;) yield* wanted(await seat.next());
  } finally {
    seat?.leave();
  }
}
