import { eventReader, type StreamEvent } from "./eventLines.ts";
import type { ErrorShape } from "./generated/router.d.ts";
import { type ErrorReason, ItemsError } from "./itemsError.ts";
import { refusal } from "./openAnswer.ts";
import { backoff } from "./retryDelay.ts";

/** Opens the stream at a URL; rejects with an {@link ItemsError} when it does not open. */
export type Connect = (url: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/** What may pass by itself: the connection is made again. Anything else ends the subscription. */
const passing: readonly ErrorReason[] = [
  "unreachable",
  "timeout",
  "gateway",
  "truncated",
  "throttled",
  "unavailable",
];

/**
 * What tRPC's subscription link needs of an `EventSource`, over `fetch`: that of browsers can send no token, Node has
 * none, and none waits longer from one failure to the next. A stream that breaks off is opened again, and the URL then
 * names the last event that came through, so the server goes on behind it.
 */
export class ResumingEventSource {
  readonly CLOSED = 2;
  /** 0 while it connects, 1 when it is open, 2 when it is closed. */
  readyState = 0;
  readonly addEventListener: (type: string, listener: (event: object) => void) => void;
  readonly close: () => void;

  constructor(url: string, { connect }: { readonly connect: Connect }) {
    const listeners: Record<string, (event: object) => void> = {};
    let connection: AbortController;
    let pause: ReturnType<typeof setTimeout> | undefined;
    let lastEventId = "";
    let failures = 0;

    const hear = ({ type, data, id = lastEventId }: StreamEvent): void => {
      lastEventId = id;
      if (data === undefined || connection.signal.aborted) return;
      if (type === "serialized-error") throwIfThrottled(data);
      // A stream that only opens and fails is no reason to try faster again.
      else if (type !== "connected") failures = 0;
      listeners[type]?.({ data, lastEventId });
    };

    const run = async (): Promise<void> => {
      connection = new AbortController();
      const { signal } = connection;
      // The parameter is tRPC's; unlike the header of that name it needs no CORS preflight.
      const resume =
        lastEventId && `${url.includes("?") ? "&" : "?"}lastEventId=${encodeURIComponent(lastEventId)}`;
      let error = new ItemsError("truncated", "The stream of events broke off.");
      try {
        const stream = await connect(url + resume, signal);
        if (!signal.aborted) this.readyState = 1;
        const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
        const read = eventReader(hear);
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          read(value);
        }
      } catch (thrown) {
        if (thrown instanceof ItemsError) error = thrown;
      }
      if (signal.aborted) return;
      // Where it is the server that has to be left alone, its stream must not stay open unread.
      connection.abort();
      if (passing.includes(error.reason)) {
        this.readyState = 0;
        failures += 1;
        pause = setTimeout(run, backoff(failures, error.retryAfterMs));
      } else this.readyState = this.CLOSED;
      listeners["error"]?.(error);
    };

    // tRPC has one listener for each type, and adds them before anything can happen.
    this.addEventListener = (type, listener) => {
      listeners[type] = listener;
    };
    this.close = () => {
      this.readyState = this.CLOSED;
      clearTimeout(pause);
      connection.abort();
    };
    void run();
  }
}

/** tRPC ends a subscription at a 429, when all the server asks is to come back later. */
function throwIfThrottled(text: string): void {
  const error = refusal(JSON.parse(text) as ErrorShape);
  if (error.reason === "throttled") throw error;
}
