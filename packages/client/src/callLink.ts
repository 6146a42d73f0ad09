import type { TRPCClientError, TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import { ApiError } from "./apiError.ts";
import { refusal, truncated } from "./openAnswer.ts";
import { retryDelay } from "./retryDelay.ts";
import { createTurns } from "./turns.ts";
import { late } from "./within.ts";

/** Which call failed. */
export interface FailedCall {
  /** The procedure: `orders.get`. */
  readonly path: string;
  readonly type: "query" | "mutation" | "subscription";
}

/**
 * The outermost link: a turn to leave in, an end in time, further attempts, and one kind of error for every call.
 *
 * @param url where calls go; empty where that is not known, and every call fails
 */
export const callLink =
  (
    url: string,
    timeout: number,
    idempotent: readonly string[],
    onError: ((error: ApiError, call: FailedCall) => void) | undefined,
  ): TRPCLink<AnyRouter> =>
  () => {
    const leave = createTurns();
    return ({ op, next }) =>
      observable((observer) => {
        const { path, type, signal } = op;
        let attempt: Unsubscribable | undefined;
        const endsAt = performance.now() + timeout;
        let isOver = false;
        let deadline: ReturnType<typeof setTimeout> | undefined;
        let pause: ReturnType<typeof setTimeout> | undefined;

        const end = (): void => {
          isOver = true;
          clearTimeout(deadline);
          clearTimeout(pause);
          signal?.removeEventListener("abort", cancel);
          attempt?.unsubscribe();
        };
        const fail = (error: ApiError): void => {
          if (isOver) return;
          // tRPC calls `end` at it, as at `complete`.
          observer.error(error);
          onError?.(error, { path, type });
        };
        const cancel = (): void =>
          observer.error(new ApiError("cancelled", `${path} was cancelled.`, { cause: signal?.reason }));

        const run = (attempts: number): void =>
          leave(op, (transport) => {
            if (isOver) return;
            attempt = next({ ...op, signal: null, context: { ...op.context, transport } }).subscribe({
              next: observer.next,
              error(thrown) {
                const error = toApiError(thrown, url);
                const wait = retryDelay(op, error, attempts, idempotent);
                if (wait === undefined || performance.now() + wait >= endsAt) fail(error);
                else pause = setTimeout(run, wait, attempts + 1);
              },
              complete: observer.complete,
            });
            if (isOver) attempt.unsubscribe();
          });

        if (signal?.aborted) cancel();
        else if (!url)
          fail(new ApiError("misconfigured", "url has to be http or https where there is no page."));
        else {
          signal?.addEventListener("abort", cancel);
          if (type !== "subscription") deadline = setTimeout(() => fail(late(path, timeout)), timeout);
          try {
            run(1);
          } catch {
            fail(new ApiError("invalid", "The input is not JSON."));
          }
        }
        return end;
      });
  };

/** The client's error for whatever tRPC's links report of a call to `url`. */
function toApiError(thrown: unknown, url: string): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const { shape, meta, cause = thrown } = thrown as TRPCClientError<AnyRouter>;
  // tRPC 11.22 ends a stream that has failed once more, and reports both failures as a SuppressedError.
  const { error } = cause as { error?: unknown };
  if (error) return toApiError(error, url);
  // Single answers have been checked by now: what is left is a batch's stream that could not be read to its end.
  return shape?.data
    ? refusal(shape, meta)
    : truncated(url, undefined, cause instanceof SyntaxError ? undefined : cause);
}
