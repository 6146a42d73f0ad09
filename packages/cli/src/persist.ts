import { jitteredBackOff, pause as wait } from "@cosmos-trpc/base";
import { isApiError, isPassing } from "@cosmos-trpc/client";

const waits = { first: 100, max: 5_000 };

/** Keeps at it while the server or its database is away, for up to `maxOutage`. */
export interface Persistence {
  /**
   * Makes a call until it is answered.
   *
   * @throws what the call failed with, when it does not pass, when the outage lasts for longer, or when nothing has ever answered
   */
  call<Result>(make: () => Promise<Result>): Promise<Result>;
  /** Something was done: an outage begins anew. */
  progressed(): void;
  /** Waits before something is tried again. @returns whether the outage may last on */
  pause(attempts: number, retryAfterMs?: number): Promise<boolean>;
}

/** @param maxOutage how long the server or its database may be away, in milliseconds, since something was done */
export function createPersistence(maxOutage: number, signal: AbortSignal): Persistence {
  let lastProgress = performance.now();
  let hasAnswered = false;

  const progressed = (): void => {
    lastProgress = performance.now();
    hasAnswered = true;
  };

  async function pause(attempts: number, retryAfterMs = 0): Promise<boolean> {
    const delay = retryAfterMs + jitteredBackOff(attempts + 1, waits);
    if (performance.now() + delay > lastProgress + maxOutage) return false;
    await wait(delay, signal);
    return true;
  }

  return {
    progressed,
    pause,
    async call(make) {
      for (let attempts = 0; ; attempts += 1) {
        signal.throwIfAborted();
        try {
          const result = await make();
          progressed();
          return result;
        } catch (error) {
          if (!isApiError(error) || !isPassing(error)) throw error;
          if (error.shape != null) hasAnswered = true;
          if (!hasAnswered || !(await pause(attempts, error.retryAfterMs))) throw error;
        }
      }
    },
  };
}
