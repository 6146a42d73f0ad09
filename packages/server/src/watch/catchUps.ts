import type { ChangesPage, ItemBase, Since, Store } from "@cosmos-trpc/cosmos-core";
import type { ChangeHub, Mark, Seat, Watcher } from "./changeHub.ts";

/** A watcher on its way to where the hub is. */
interface Passage<Item> {
  /**
   * The next page; the last one has no items, and its cursor is the feed's end at the moment. `undefined` after it, or
   * when the read has gone on without this watcher.
   *
   * @throws what the read failed with, or the signal's reason
   */
  next(): Promise<ChangesPage<Item> | undefined>;
  /** A seat at the hub just after the last page; `undefined` when there is more to be read before. */
  sit(): Seat<Item> | undefined;
  leave(): void;
}

/** The reads of watchers who are not where the hub is: one for all who are at the same place. */
export interface CatchUps<Item> {
  /** Joins the read that began at a place, or begins one. */
  enter(since: Since, watcher: Watcher): Passage<Item>;
}

/** How long Cosmos DB may be away while watchers catch up, in milliseconds: then their clients try again. */
const patience = 5_000;

interface Read<Item> {
  readonly place: string;
  readonly pages: AsyncIterator<ChangesPage<Item>, void>;
  readonly stopped: AbortController;
  /** Where the hub was before this read began: whoever has read all of it misses nothing from there on. */
  mark: Mark | undefined;
  kept: { readonly page: ChangesPage<Item>; readonly bytes: number }[];
  /** The number of the first page that is kept. */
  first: number;
  watchers: number;
  /** Whether it is kept for those who come later, until the hub stops. */
  isKept: boolean;
  /** The next page, while it is fetched. Never rejects. */
  fetching: Promise<void> | undefined;
  end: { readonly cursor: string } | { readonly failure: unknown } | undefined;
}

/**
 * Makes them. A read goes on when its first watcher asks for more; what it has read is kept for the others, and for
 * those who come later from the same place, as long as it leads to what the hub keeps.
 *
 * @param keptBytes bytes of changes, as JSON, that all reads keep together; each has its newest page at least
 */
export function createCatchUps<Item extends ItemBase>(
  store: Pick<Store<Item, never, never, never>, "changes">,
  hub: ChangeHub<Item>,
  { keptBytes }: { readonly keptBytes: number },
): CatchUps<Item> {
  const reads = new Map<string, Read<Item>>();
  let bytes = 0;

  const placeOf = (since: Since): string => JSON.stringify(since);
  /** Whoever comes when that read has ended means another moment. */
  const nowPlace = placeOf("now");

  function begin(since: Since): Read<Item> {
    const stopped = new AbortController();
    const { signal } = stopped;
    const read: Read<Item> = {
      place: placeOf(since),
      pages: store.changes({ since, follow: false, markEnd: true, patience, signal })[Symbol.asyncIterator](),
      stopped,
      mark: hub.mark(),
      kept: [],
      first: 0,
      watchers: 0,
      isKept: false,
      fetching: undefined,
      end: undefined,
    };
    reads.set(read.place, read);
    return read;
  }

  /** Nobody joins it any more. */
  function unlist(read: Read<Item>): void {
    if (reads.get(read.place) === read) reads.delete(read.place);
  }

  function dropFirst(read: Read<Item>): void {
    bytes -= read.kept.shift()?.bytes ?? 0;
    read.first += 1;
  }

  function forget(read: Read<Item>): void {
    unlist(read);
    read.stopped.abort();
    while (read.kept.length > 0) dropFirst(read);
  }

  /** Whether the hub still keeps all that came since a read began. */
  const isKeptSince = ({ mark }: Read<Item>): boolean => mark !== undefined && hub.keeps(mark);

  /**
   * Whether a watcher who begins it now will sit at the hub after its end. It takes nobody in without that: two who find
   * no seat after its end would enter it again and again, each while the other is still inside, and wait for nothing.
   */
  const leadsToHub = (read: Read<Item>): boolean =>
    read.first === 0 && (hub.mark() === undefined || isKeptSince(read));

  function makeRoom(newest: Read<Item>): void {
    for (const read of reads.values()) {
      if (read.watchers === 0 && (bytes > keptBytes || !isKeptSince(read))) forget(read);
    }
    while (bytes > keptBytes && newest.kept.length > 1) dropFirst(newest);
  }

  async function fetchNext(read: Read<Item>): Promise<void> {
    try {
      const { value: page } = await read.pages.next();
      // Nobody is in it any more, and nothing would free what it kept now.
      if (read.stopped.signal.aborted) return;
      if (page === undefined) {
        read.end = { cursor: read.kept.at(-1)?.page.cursor ?? "" };
        if (read.place === nowPlace) unlist(read);
        return;
      }
      const entry = { page, bytes: page.cursor.length + Buffer.byteLength(JSON.stringify(page.items)) };
      read.kept.push(entry);
      bytes += entry.bytes;
      makeRoom(read);
    } catch (failure) {
      read.end = { failure };
      unlist(read);
    } finally {
      read.fetching = undefined;
    }
  }

  function leave(read: Read<Item>): void {
    read.watchers -= 1;
    if (read.watchers > 0) return;
    const isListed = reads.get(read.place) === read && read.first === 0;
    if (isListed && read.end !== undefined && isKeptSince(read)) keep(read);
    else forget(read);
  }

  function keep(read: Read<Item>): void {
    if (read.isKept) return;
    read.isKept = true;
    const onStop = (): void => {
      read.isKept = false;
      if (read.watchers === 0) forget(read);
    };
    read.mark?.session.addEventListener("abort", onStop, { once: true, signal: read.stopped.signal });
  }

  return {
    enter(since, watcher) {
      const there = reads.get(placeOf(since));
      const read = there !== undefined && leadsToHub(there) ? there : begin(since);
      read.watchers += 1;
      let at = 0;
      let isWhole = false;
      return {
        async next() {
          for (;;) {
            watcher.signal.throwIfAborted();
            if (at < read.first) return undefined;
            const entry = read.kept[at - read.first];
            if (entry !== undefined) {
              at += 1;
              return entry.page;
            }
            if (read.end !== undefined) {
              if ("failure" in read.end) throw read.end.failure;
              isWhole = true;
              return undefined;
            }
            read.fetching ??= fetchNext(read);
            await settledOrAborted(read.fetching, watcher.signal);
          }
        },
        sit() {
          if (!isWhole || read.end === undefined || !("cursor" in read.end)) return undefined;
          const { cursor } = read.end;
          if (hub.mark() === undefined) read.mark = hub.start(cursor);
          // From its mark on the hub may repeat what the read has brought.
          const seat = hub.resume(cursor, watcher);
          return seat ?? (read.mark === undefined ? undefined : hub.sit(read.mark, watcher));
        },
        leave: () => leave(read),
      };
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
