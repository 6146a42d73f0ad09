import type { TRPCLink } from "@trpc/client";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import type { FailedCall } from "./createClient.ts";
import type { AppRouter } from "./generated/router.d.ts";
import { ItemsError } from "./itemsError.ts";
import { retryDelay } from "./retryDelay.ts";
import { toItemsError } from "./toItemsError.ts";
import { createTurns } from "./turns.ts";
import { late } from "./within.ts";

/** The outermost link: a turn to leave in, an end in time, further attempts, and one kind of error for every call. */
export const callLink =
  (
    url: string,
    timeout: number,
    onError: ((error: ItemsError, call: FailedCall) => void) | undefined,
  ): TRPCLink<AppRouter> =>
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
        const fail = (error: ItemsError): void => {
          if (isOver) return;
          // tRPC calls `end` at it, as at `complete`.
          observer.error(error);
          onError?.(error, { path, type });
        };
        const cancel = (): void =>
          observer.error(new ItemsError("cancelled", `${path} was cancelled.`, { cause: signal?.reason }));

        const run = (attempts: number): void =>
          leave(op, (way) => {
            if (isOver) return;
            attempt = next({ ...op, signal: null, context: { ...op.context, way } }).subscribe({
              next: observer.next,
              error(thrown) {
                const error = toItemsError(thrown, url);
                const wait = retryDelay(op, error, attempts);
                if (wait === undefined || performance.now() + wait >= endsAt) fail(error);
                else pause = setTimeout(run, wait, attempts + 1);
              },
              complete: observer.complete,
            });
            if (isOver) attempt.unsubscribe();
          });

        if (signal?.aborted) cancel();
        else {
          signal?.addEventListener("abort", cancel);
          if (type !== "subscription") deadline = setTimeout(() => fail(late(path, timeout)), timeout);
          try {
            run(1);
          } catch {
            fail(new ItemsError("invalid", "The input is not JSON."));
          }
        }
        return end;
      });
  };
