import { ApiError, isPassing } from "./apiError.ts";
import { eventReader, type StreamEvent } from "./eventLines.ts";
import { refusal, truncated } from "./openAnswer.ts";
import { retryWait } from "./retryDelay.ts";

/** A stream that has opened: its reader, and what came first. */
type Opened = readonly [
  reader: ReadableStreamDefaultReader<string>,
  first: Awaited<ReturnType<ReadableStreamDefaultReader<string>["read"]>>,
];

/** Opens the stream at a URL; rejects with an {@link ApiError} when it does not open. */
export type Connect = (url: string, signal: AbortSignal) => Promise<Opened>;

/** What the `EventSource`s of one subscription share: tRPC makes another when one has been silent for too long. */
export interface Session {
  readonly connect: Connect;
  /** Whether a stream has been open. */
  hasOpened?: boolean;
}

/** Milliseconds after which a wait gives a sign of life. tRPC takes a silent `EventSource` for a dead one. */
const maxSilence = 1_000;

/**
 * What tRPC's subscription link needs of an `EventSource`, over `fetch`: that of browsers can send no token, Node has
 * none, and none waits longer from one failure to the next. A stream that breaks off is opened again, and the URL then
 * names the last event that came through, so the server goes on behind it. tRPC calls it with `new`.
 */
export function ResumingEventSource(url: string, session: Session): object {
  const listeners: Record<string, (event: object) => void> = {};
  let connection: AbortController;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let lastEventId = "";
  let failures = 0;

  const source = {
    CLOSED: 2,
    /** 2 when it has failed for good. */
    readyState: 0,
    // tRPC has one listener for each type, and adds them before anything can happen.
    addEventListener(type: string, listener: (event: object) => void): void {
      listeners[type] = listener;
    },
    close(): void {
      clearTimeout(pause);
      connection.abort();
    },
  };

  const hear = ({ type, data, id = lastEventId }: StreamEvent): void => {
    lastEventId = id;
    if (data === undefined) return;
    // tRPC would end a subscription at a 429, and go on for ever at what never passes.
    if (type === "serialized-error") throw refusal(JSON.parse(data));
    // A stream that only opens and fails is no reason to try faster again.
    if (type !== "connected") failures = 0;
    listeners[type]?.({ data, lastEventId });
  };

  const run = async (): Promise<void> => {
    connection = new AbortController();
    const { signal } = connection;
    const target = new URL(url);
    // The parameter is tRPC's; unlike the header of that name it needs no CORS preflight.
    if (lastEventId) target.searchParams.set("lastEventId", lastEventId);
    let error = truncated(url);
    try {
      let [reader, chunk] = await session.connect(target.href, signal);
      session.hasOpened = true;
      for (const read = eventReader(hear); !chunk.done; chunk = await reader.read()) read(chunk.value);
    } catch (thrown) {
      if (thrown instanceof ApiError) error = thrown;
    }
    if (signal.aborted) return;
    // Where it is the server that has to be left alone, its stream must not stay open unread.
    connection.abort();
    // Who has had a token will have one again, when the network is back.
    if (isPassing(error) || (session.hasOpened && error.reason === "no-token")) {
      failures += 1;
      wait(performance.now() + retryWait(failures, error.retryAfterMs));
    } else source.readyState = 2;
    listeners["error"]?.(error);
  };

  const wait = (until: number): void => {
    const left = until - performance.now();
    listeners["ping"]?.({});
    if (left > 0) pause = setTimeout(wait, Math.min(left, maxSilence), until);
    else void run();
  };

  void run();
  return source;
}
