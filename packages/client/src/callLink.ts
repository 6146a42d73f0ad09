import type { TRPCLink } from "@trpc/client";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import type { FailedCall } from "./createClient.ts";
import type { AppRouter } from "./generated/router.d.ts";
import { ItemsError } from "./itemsError.ts";
import { retryDelay } from "./retryDelay.ts";
import { toItemsError } from "./toItemsError.ts";
import { late } from "./within.ts";

/** The outermost link: an end in time, further attempts, and one kind of error for every call. */
export const callLink =
  (
    url: string,
    timeout: number,
    onError: ((error: ItemsError, call: FailedCall) => void) | undefined,
  ): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const { path, type, signal } = op;
      const isSubscription = type === "subscription";
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
        end();
        observer.error(error);
        if (error.reason !== "cancelled") onError?.(error, { path, type });
      };
      const cancel = (): void =>
        fail(new ItemsError("cancelled", `${path} was cancelled.`, { cause: signal?.reason }));

      const run = (attempts: number): void => {
        attempt = next({ ...op, signal: null }).subscribe({
          next: observer.next,
          error(thrown) {
            const error = toItemsError(thrown, url);
            const wait = isSubscription ? undefined : retryDelay(op, error, attempts);
            if (wait === undefined || performance.now() + wait >= endsAt) fail(error);
            else pause = setTimeout(run, wait, attempts + 1);
          },
          complete() {
            end();
            observer.complete();
          },
        });
        if (isOver) attempt.unsubscribe();
      };

      if (signal?.aborted) cancel();
      else {
        signal?.addEventListener("abort", cancel);
        if (!isSubscription) deadline = setTimeout(() => fail(late(path, timeout)), timeout);
        run(1);
      }
      return end;
    });
