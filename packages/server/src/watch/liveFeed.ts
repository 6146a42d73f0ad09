import type { ChangesPage, ChangesRequest, ItemBase } from "@cosmos-trpc/cosmos-core";

/** How a live feed reads, and what it buffers. */
export interface FeedLimits {
  /** Changes that are buffered for subscribers who have not taken them yet. */
  readonly maxChanges: number;
  /** Bytes of changes that are buffered, as JSON; the newest page always is. */
  readonly maxBytes: number;
  /** How long the reader waits for the slowest subscriber when the buffer is full, in milliseconds, before it is dropped. */
  readonly maxLag: number;
  /** How long the reader waits at most before it asks again when there is nothing new, in milliseconds. */
  readonly pollInterval: number;
}

/** Who subscribes. */
export interface Subscriber {
  readonly signal: AbortSignal;
  /** Called when it has fallen too far behind: it takes what it has not got at its next connection. */
  onDrop(): void;
}

/** A subscription to a live feed. */
export interface Subscription<Item> {
  /** The next page. @throws what the reader failed with, the signal's reason, or why the subscriber was dropped */
  next(): Promise<ChangesPage<Item>>;
  unsubscribe(): void;
}

/**
 * One reader of a container's change feed for all who watch it in this process, and a buffer of the pages that it read
 * last. It reads while somebody subscribes. Its pages are numbered; a position is the number of the page that comes next,
 * and none of an earlier run of the reader is ever valid again.
 */
export interface LiveFeed<Item> {
  /** After which page the reader is: `undefined` while it does not read. */
  cursor(): string | undefined;
  /** The reader's position: `undefined` while it does not read. */
  position(): number | undefined;
  /** The position just after a page, when all that came since is buffered. */
  positionAfter(cursor: string): number | undefined;
  /** Whether all that came since a position is buffered. */
  canReplay(position: number | undefined): position is number;
  /** Subscribes from a position on, when all that came since is buffered. */
  subscribe(position: number | undefined, subscriber: Subscriber): Subscription<Item> | undefined;
  /** Lets the reader begin after a cursor, and returns its position. Only while it does not read. */
  start(cursor: string): number;
}

interface BufferedPage<Item> {
  readonly page: ChangesPage<Item>;
  readonly bytes: number;
}

interface Consumer {
  /** The number of the page that it takes next. */
  position: number;
  wake: () => void;
  readonly fail: (reason: unknown) => void;
  readonly onDrop: () => void;
}

/** As much of a store as feeds read. */
export interface ChangeSource<Item> {
  changes(request: ChangesRequest<never>): AsyncGenerator<ChangesPage<Item>, void, undefined>;
}

/**
 * Makes a live feed of a store.
 *
 * @param onStop called when the reader has stopped
 */
export function createLiveFeed<Item extends ItemBase>(
  source: ChangeSource<Item>,
  limits: FeedLimits,
  onStop: () => void,
): LiveFeed<Item> {
  const consumers = new Set<Consumer>();
  let buffer: BufferedPage<Item>[] = [];
  /** The number of the first page in the buffer. */
  let first = 0;
  let changes = 0;
  let bytes = 0;
  let reading: AbortController | undefined;
  let cursor: string | undefined;
  /** The cursor just before the first page in the buffer. */
  let before: string | undefined;
  let onProgress: () => void = () => undefined;

  const end = (): number => first + buffer.length;

  const canReplay = (position: number | undefined): position is number =>
    reading !== undefined && position !== undefined && position >= first;

  const isFull = (): boolean => buffer.length > 1 && (changes > limits.maxChanges || bytes > limits.maxBytes);

  function dropFirst(): void {
    const oldest = buffer.shift();
    if (oldest === undefined) return;
    before = oldest.page.cursor;
    first += 1;
    changes -= oldest.page.items.length;
    bytes -= oldest.bytes;
  }

  /** Waits for those who have not taken the oldest page, until there is room or their time is up. */
  async function makeRoom(): Promise<void> {
    const deadline = performance.now() + limits.maxLag;
    while (isFull()) {
      const behind = [...consumers].filter(({ position }) => position <= first);
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
      for (const consumer of behind) {
        consumer.fail(new DOMException("The subscriber is too slow.", "AbortError"));
        consumer.onDrop();
      }
      dropFirst();
    }
  }

  async function read(from: string, { signal }: AbortController): Promise<void> {
    try {
      for await (const page of source.changes({ since: from, pollInterval: limits.pollInterval, signal })) {
        if (signal.aborted) return;
        const entry = { page, bytes: Buffer.byteLength(JSON.stringify(page.items)) };
        buffer.push(entry);
        changes += page.items.length;
        bytes += entry.bytes;
        cursor = page.cursor;
        for (const { wake } of consumers) wake();
        await makeRoom();
      }
    } catch (error) {
      if (signal.aborted) return;
      stop();
      for (const { fail } of consumers) fail(error);
    }
  }

  function stop(): void {
    reading?.abort();
    reading = undefined;
    cursor = undefined;
    before = undefined;
    // Beyond every position that anybody has: what comes until the reader begins again is in no buffer.
    first = end() + 1;
    buffer = [];
    changes = 0;
    bytes = 0;
    onStop();
  }

  function subscribeAt(position: number, { signal, onDrop }: Subscriber): Subscription<Item> {
    let failure: { readonly reason: unknown } | undefined;
    const consumer: Consumer = {
      position,
      wake: () => undefined,
      fail(reason) {
        failure ??= { reason };
        unsubscribe();
        consumer.wake();
      },
      onDrop,
    };
    const onAbort = (): void => consumer.fail(signal.reason);

    function unsubscribe(): void {
      signal.removeEventListener("abort", onAbort);
      if (!consumers.delete(consumer)) return;
      onProgress();
      if (consumers.size === 0 && reading !== undefined) stop();
    }

    consumers.add(consumer);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });

    return {
      unsubscribe,
      async next() {
        while (failure === undefined && consumer.position >= end()) {
          await new Promise<void>((resolve) => {
            consumer.wake = resolve;
          });
        }
        if (failure !== undefined) throw failure.reason;
        const { page } = buffer[consumer.position - first] as BufferedPage<Item>;
        consumer.position += 1;
        onProgress();
        return page;
      },
    };
  }

  return {
    cursor: () => cursor,
    position: () => (reading === undefined ? undefined : end()),
    positionAfter(known) {
      if (reading === undefined) return undefined;
      if (known === cursor) return end();
      if (known === before) return first;
      const index = buffer.findIndex(({ page }) => page.cursor === known);
      return index === -1 ? undefined : first + index + 1;
    },
    canReplay,
    subscribe: (position, subscriber) =>
      canReplay(position) ? subscribeAt(position, subscriber) : undefined,
    start(from) {
      reading = new AbortController();
      cursor = from;
      before = from;
      void read(from, reading);
      return end();
    },
  };
}
