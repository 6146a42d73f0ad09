import type { ChangesPage, ItemBase, Since } from "@cosmos-trpc/cosmos-core";
import type { ChangeSource, LiveFeed, Subscriber, Subscription } from "./liveFeed.ts";

/** What one subscriber gets of a replay: the changes from where it goes on to where the live feed is. */
interface Replay<Item> {
  /**
   * The next page; the last one has no items, and its cursor is the feed's end at the moment. `undefined` after it, or
   * when the replay has gone on without this subscriber.
   *
   * @throws what the replay failed with, or the signal's reason
   */
  next(): Promise<ChangesPage<Item> | undefined>;
  /** A subscription to the live feed just after the last page; `undefined` when there is more to be read before. */
  subscribe(): Subscription<Item> | undefined;
  leave(): void;
}

/** The replays for subscribers who are behind the live feed: one for all who have the same start. */
export interface Replays<Item> {
  /** Joins the replay that has this start, or begins one. */
  join(since: Since, subscriber: Subscriber): Replay<Item>;
  /** Forgets the replays that nobody is in. */
  forgetUnused(): void;
}

/** How long Cosmos DB may be away during a replay, in milliseconds: then clients try again. */
const maxOutage = 5_000;

/** A replay that subscribers share. */
interface SharedReplay<Item> {
  /** Where it began, as text. */
  readonly since: string;
  readonly pages: AsyncIterator<ChangesPage<Item>, void>;
  readonly stopped: AbortController;
  /** Where the live feed was before this began: whoever has all of this misses nothing from there on. */
  livePosition: number | undefined;
  buffer: { readonly page: ChangesPage<Item>; readonly bytes: number }[];
  /** The number of the first page in the buffer. */
  first: number;
  subscribers: number;
  /** The next page, while it is fetched. Never rejects. */
  fetching: Promise<void> | undefined;
  end: { readonly cursor: string } | { readonly failure: unknown } | undefined;
}

/**
 * Makes them. A replay goes on when its first subscriber asks for more; what it has read is buffered for the others, and
 * for those who come later with the same start, as long as the live feed has the rest in its buffer.
 *
 * @param maxBytes bytes of changes, as JSON, that all replays buffer together; each has its newest page at least
 */
export function createReplays<Item extends ItemBase>(
  source: ChangeSource<Item>,
  live: LiveFeed<Item>,
  { maxBytes }: { readonly maxBytes: number },
): Replays<Item> {
  const replays = new Map<string, SharedReplay<Item>>();
  let bytes = 0;

  const textOf = (since: Since): string => JSON.stringify(since);
  /** Whoever comes when that replay has ended means another moment. */
  const now = textOf("now");

  function begin(since: Since): SharedReplay<Item> {
    const stopped = new AbortController();
    const { signal } = stopped;
    const changes = source.changes({ since, follow: false, markEnd: true, maxOutage, signal });
    const replay: SharedReplay<Item> = {
      since: textOf(since),
      pages: changes[Symbol.asyncIterator](),
      stopped,
      livePosition: live.position(),
      buffer: [],
      first: 0,
      subscribers: 0,
      fetching: undefined,
      end: undefined,
    };
    replays.set(replay.since, replay);
    return replay;
  }

  const isListed = (replay: SharedReplay<Item>): boolean => replays.get(replay.since) === replay;

  /** Nobody joins it any more. */
  function unlist(replay: SharedReplay<Item>): void {
    if (isListed(replay)) replays.delete(replay.since);
  }

  function dropFirst(replay: SharedReplay<Item>): void {
    bytes -= replay.buffer.shift()?.bytes ?? 0;
    replay.first += 1;
  }

  function forget(replay: SharedReplay<Item>): void {
    unlist(replay);
    replay.stopped.abort();
    while (replay.buffer.length > 0) dropFirst(replay);
  }

  /**
   * Whether a subscriber who joins it now can subscribe to the live feed at its end. It takes nobody in without that: two
   * who cannot would join it again and again, each while the other is still in it, and wait for nothing but promises.
   */
  const leadsToLive = ({ first, livePosition }: SharedReplay<Item>): boolean =>
    first === 0 && (live.position() === undefined || live.canReplay(livePosition));

  function makeRoom(newest: SharedReplay<Item>): void {
    for (const replay of replays.values()) {
      const isUnused = replay.subscribers === 0;
      if (isUnused && (bytes > maxBytes || !live.canReplay(replay.livePosition))) forget(replay);
    }
    while (bytes > maxBytes && newest.buffer.length > 1) dropFirst(newest);
  }

  async function fetchNext(replay: SharedReplay<Item>): Promise<void> {
    try {
      const { value: page } = await replay.pages.next();
      // Nobody would free what is buffered after that.
      replay.stopped.signal.throwIfAborted();
      if (page === undefined) {
        replay.end = { cursor: replay.buffer.at(-1)?.page.cursor ?? "" };
        if (replay.since === now) unlist(replay);
        return;
      }
      const entry = { page, bytes: page.cursor.length + Buffer.byteLength(JSON.stringify(page.items)) };
      replay.buffer.push(entry);
      bytes += entry.bytes;
      makeRoom(replay);
    } catch (failure) {
      replay.end = { failure };
      unlist(replay);
    } finally {
      replay.fetching = undefined;
    }
  }

  function leave(replay: SharedReplay<Item>): void {
    replay.subscribers -= 1;
    if (replay.subscribers > 0) return;
    const isWhole = replay.first === 0 && replay.end !== undefined;
    if (!isListed(replay) || !isWhole || !live.canReplay(replay.livePosition)) forget(replay);
  }

  return {
    join(since, subscriber) {
      const found = replays.get(textOf(since));
      const replay = found !== undefined && leadsToLive(found) ? found : begin(since);
      replay.subscribers += 1;
      let position = 0;
      let endCursor: string | undefined;
      return {
        async next() {
          for (;;) {
            subscriber.signal.throwIfAborted();
            if (position < replay.first) return undefined;
            const entry = replay.buffer[position - replay.first];
            if (entry !== undefined) {
              position += 1;
              return entry.page;
            }
            if (replay.end !== undefined) {
              if ("failure" in replay.end) throw replay.end.failure;
              endCursor = replay.end.cursor;
              return undefined;
            }
            replay.fetching ??= fetchNext(replay);
            await settledOrAborted(replay.fetching, subscriber.signal);
          }
        },
        subscribe() {
          if (endCursor === undefined) return undefined;
          if (live.position() === undefined) replay.livePosition = live.start(endCursor);
          // From where it was before the replay began, the live feed may repeat what the replay has brought.
          return live.subscribe(live.positionAfter(endCursor) ?? replay.livePosition, subscriber);
        },
        leave: () => leave(replay),
      };
    },
    forgetUnused() {
      for (const replay of replays.values()) if (replay.subscribers === 0) forget(replay);
    },
  };
}

async function settledOrAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([work, aborted]);
  signal.removeEventListener("abort", onAbort);
}
