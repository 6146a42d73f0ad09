import { StoreError } from "../errors/errors.ts";

/** How long one operation of a store may take, its retries included, in milliseconds. */
export const operationTimeout = 5_000;

/**
 * Runs an SDK call within the time-out. The SDK's own retries wait without looking at a signal (a second at a time, up
 * to two minutes when no region answers), so the caller is answered at the deadline, and the call is aborted.
 *
 * @throws StoreError `unavailable` at the deadline, and the caller's own reason when its signal aborts.
 */
export async function withinDeadline<Result>(
  signal: AbortSignal | undefined,
  call: (abortSignal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const ended = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `Cosmos DB did not answer within ${operationTimeout} ms.`;
    reject(new StoreError("unavailable", message, { code: "no-answer" }));
  }, operationTimeout);
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([call(ended.signal), promise]);
  } catch (error) {
    // Only then: with its first page of a query the SDK asks for a plan that it does not wait for, and an abort of that
    // request would cost the connection.
    ended.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
