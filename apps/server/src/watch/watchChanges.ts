import type { ChangesPage, ItemBase, Since, Store } from "@cosmos-trpc/cosmos-core";
import type { ChangeHub } from "./changeHub.ts";

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

/** How long Cosmos DB may be away while a watcher catches up, in milliseconds: then its client tries again. */
const patience = 5_000;

/** Changes that a watcher did not want, after which it is told of its new cursor all the same. */
const silentChanges = 1_000;

/**
 * The pages that a watcher gets, each with the cursor that it goes on with: first what it has missed, which it reads by
 * itself, then what the hub reads for all. Its first page may be empty, and comes at once: with its cursor a watcher
 * whose connection breaks before the first change misses nothing either.
 */
export async function* watchChanges<Item extends ItemBase>(
  store: Pick<Store<Item, never, never, never>, "changes">,
  hub: ChangeHub<Item>,
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

  /** Reads up to where the feed ends at the moment. @returns its cursor */
  async function* catchUp(
    from: Since,
    isSilent: boolean,
  ): AsyncGenerator<ChangesPage<Item>, string, undefined> {
    let end = "";
    const request = { since: from, follow: false, markEnd: true, patience, signal };
    for await (const page of store.changes(request)) {
      end = page.cursor;
      yield* wanted(page, page.items.length === 0 && !isSilent);
    }
    return end;
  }

  const watcher = { signal, onDrop };
  let seat = cursor === undefined ? undefined : hub.resume(cursor, watcher);
  if (seat !== undefined && cursor !== undefined) yield { items: [], cursor, requestCharge: 0 };
  if (seat === undefined) {
    const end = yield* catchUp(cursor ?? since, false);
    const place = hub.join(end, watcher);
    seat = place.seat;
    try {
      // The reader was here before: what came between the end and this moment it has given to others.
      if (place.isJoined) yield* catchUp(end, true);
    } catch (error) {
      seat.leave();
      throw error;
    }
  }
  try {
    for (;;) yield* wanted(await seat.next());
  } finally {
    seat.leave();
  }
}
