import type { EntityApi, Item, WatchInput } from "../calls.ts";

/** Items that were written, and the cursor with which a watch goes on behind them. */
export interface WatchEvent {
  readonly cursor: string;
  readonly items: readonly Item[];
}

/** Items that wait for a reader who is slower than the server, before the connection is given up for a while. */
const mostWaiting = 2_000;

/**
 * The changes, one event after the other. The client connects again when the connection breaks; for a slow reader it
 * ends here, and begins behind the last event when all are taken: nothing is held without bound.
 *
 * @throws ApiError when the watch ends for good; the signal's reason
 */
export async function* watchEvents(
  api: EntityApi,
  input: WatchInput,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  let { lastEventId } = input;
  let hasConnected = false;
  for (;;) {
    const request: WatchInput = lastEventId === undefined ? input : { ...input, lastEventId };
    for await (const event of connection(api, request, signal, hasConnected)) {
      hasConnected = true;
      lastEventId = event.cursor;
      yield event;
    }
  }
}

/** The events of one subscription, until too many wait. Where nobody has ever answered, nobody is waited for. */
async function* connection(
  api: EntityApi,
  input: WatchInput,
  signal: AbortSignal,
  hasConnected: boolean,
): AsyncGenerator<WatchEvent> {
  let isKnown = hasConnected;
  const waiting: WatchEvent[] = [];
  let count = 0;
  let end: { readonly error?: unknown } | undefined;
  let wake: () => void = () => undefined;

  const finish = (how: { readonly error?: unknown }): void => {
    end ??= how;
    wake();
  };
  const onAbort = (): void => finish({ error: signal.reason });
  const subscription = api.watch.subscribe(input, {
    onStarted() {
      isKnown = true;
    },
    onConnectionStateChange({ error }) {
      if (error != null && !isKnown) finish({ error });
    },
    onData({ id, data: { items } }) {
      if (end !== undefined) return;
      waiting.push({ cursor: id, items });
      count += items.length;
      if (count > mostWaiting) finish({});
      else wake();
    },
    onError: (error) => finish({ error }),
    onComplete: () => finish({}),
  });
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      const event = waiting.shift();
      if (event !== undefined) {
        count -= event.items.length;
        yield event;
      } else if (end !== undefined) {
        if ("error" in end) throw end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    subscription.unsubscribe();
  }
}
