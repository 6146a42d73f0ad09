import type { ChangesPage, ItemBase, Store } from "@cosmos-trpc/cosmos-core";

/** How a hub reads, and what it keeps. */
export interface HubLimits {
  /** Changes that are kept for watchers who have not taken them yet. */
  readonly keptChanges: number;
  /** Bytes of changes that are kept, as JSON; the newest page always is. */
  readonly keptBytes: number;
  /** How long the reader waits for the slowest when there is no more room, in milliseconds, before it is dropped. */
  readonly patience: number;
  /** How long the reader waits at most before it asks again when there is nothing new, in milliseconds. */
  readonly pollInterval: number;
}

/** A watcher's place at a hub. */
export interface Seat<Item> {
  /** The next page. @throws what the reader failed with, the signal's reason, or why the seat was given up */
  next(): Promise<ChangesPage<Item>>;
  leave(): void;
}

/** Who sits down. */
export interface Watcher {
  readonly signal: AbortSignal;
  /** Called when it has fallen too far behind: it takes what it has not got at its next connection. */
  onDrop(): void;
}

/** Where the reader was at a moment, to sit down there later. */
export interface Mark {
  /** Aborted when the reader stops. */
  readonly session: AbortSignal;
  /** The number of the page that comes next. */
  readonly at: number;
}

/** One reader of a container's change feed for all who watch it in this process. It reads while somebody does. */
export interface ChangeHub<Item> {
  /** After which page the reader is: `undefined` while it does not read. */
  cursor(): string | undefined;
  /** Where the reader is: `undefined` while it does not read. */
  mark(): Mark | undefined;
  /** Whether all that came since a mark is still kept. */
  keeps(mark: Mark): boolean;
  /** A place at a mark, when all that came since is still kept. */
  sit(mark: Mark, watcher: Watcher): Seat<Item> | undefined;
  /** A place just after a page, when all that came since is still kept. */
  resume(cursor: string, watcher: Watcher): Seat<Item> | undefined;
  /** Lets the reader begin after a cursor. Only while it does not read. */
  start(cursor: string): Mark;
}

interface Kept<Item> {
  readonly page: ChangesPage<Item>;
  readonly bytes: number;
}

interface Place {
  /** The number of the page that it takes next. */
  at: number;
  wake: () => void;
  readonly fail: (reason: unknown) => void;
  readonly onDrop: () => void;
}

/** Makes a hub on a store's change feed. */
export function createChangeHub<Item extends ItemBase>(
  store: Pick<Store<Item, never, never, never>, "changes">,
  limits: HubLimits,
): ChangeHub<Item> {
  const places = new Set<Place>();
  let kept: Kept<Item>[] = [];
  /** The number of the first page that is kept. */
  let first = 0;
  let changes = 0;
  let bytes = 0;
  let reading: AbortController | undefined;
  let cursor: string | undefined;
  /** The cursor just before the first page that is kept. */
  let before: string | undefined;
  let onProgress: () => void = () => undefined;

  const end = (): number => first + kept.length;

  const isOver = (): boolean => kept.length > 1 && (changes > limits.keptChanges || bytes > limits.keptBytes);

  function forgetFirst(): void {
    const [oldest] = kept;
    if (oldest === undefined) return;
    kept.shift();
    before = oldest.page.cursor;
    first += 1;
    changes -= oldest.page.items.length;
    bytes -= oldest.bytes;
  }

  /** Waits for those who have not taken the oldest page, until there is room or their time is over. */
  async function makeRoom(): Promise<void> {
    const deadline = performance.now() + limits.patience;
    while (isOver()) {
      const behind = [...places].filter(({ at }) => at <= first);
      const left = deadline - performance.now();
      if (behind.length > 0 && left > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          onProgress = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        onProgress = () => undefined;
        continue;
      }
      for (const place of behind) {
        place.fail(new DOMException("The watcher is too slow.", "AbortError"));
        place.onDrop();
      }
      forgetFirst();
    }
  }

  async function read(from: string, { signal }: AbortController): Promise<void> {
    try {
      for await (const page of store.changes({
        since: from,
        pollInterval: limits.pollInterval,
        signal,
      })) {
        if (signal.aborted) return;
        const entry = { page, bytes: Buffer.byteLength(JSON.stringify(page.items)) };
        kept.push(entry);
        changes += page.items.length;
        bytes += entry.bytes;
        cursor = page.cursor;
        for (const { wake } of places) wake();
        await makeRoom();
      }
    } catch (error) {
      if (signal.aborted) return;
      stop();
      for (const place of places) place.fail(error);
    }
  }

  function start(from: string): Mark {
    const session = new AbortController();
    reading = session;
    cursor = from;
    before = from;
    void read(from, session);
    return { session: session.signal, at: end() };
  }

  function stop(): void {
    reading?.abort();
    reading = undefined;
    cursor = undefined;
    before = undefined;
    first = end();
    kept = [];
    changes = 0;
    bytes = 0;
  }

  function sitAt(at: number, { signal, onDrop }: Watcher): Seat<Item> {
    let failure: { readonly reason: unknown } | undefined;
    const place: Place = {
      at,
      wake: () => undefined,
      fail(reason) {
        failure ??= { reason };
        leave();
        place.wake();
      },
      onDrop,
    };
    const onAbort = (): void => place.fail(signal.reason);

    function leave(): void {
      signal.removeEventListener("abort", onAbort);
      if (!places.delete(place)) return;
      onProgress();
      if (places.size === 0 && reading !== undefined) stop();
    }

    places.add(place);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });

    return {
      leave,
      async next() {
        while (failure === undefined && place.at >= end()) {
          await new Promise<void>((resolve) => {
            place.wake = resolve;
          });
        }
        if (failure !== undefined) throw failure.reason;
        const { page } = kept[place.at - first] as Kept<Item>;
        place.at += 1;
        onProgress();
        return page;
      },
    };
  }

  const keeps = ({ session, at }: Mark): boolean => session === reading?.signal && at >= first;

  return {
    cursor: () => cursor,
    mark: () => (reading === undefined ? undefined : { session: reading.signal, at: end() }),
    keeps,
    sit: (mark, watcher) => (keeps(mark) ? sitAt(mark.at, watcher) : undefined),
    resume(known, watcher) {
      if (reading === undefined) return undefined;
      if (known === cursor) return sitAt(end(), watcher);
      if (known === before) return sitAt(first, watcher);
      const index = kept.findIndex(({ page }) => page.cursor === known);
      return index === -1 ? undefined : sitAt(first + index + 1, watcher);
    },
    start,
  };
}
