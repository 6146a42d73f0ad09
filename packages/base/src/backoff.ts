/** How long to wait between attempts, in milliseconds. */
export interface BackoffLimits {
  /** The longest wait after the first failure. It doubles with each further one. */
  readonly first: number;
  /** What no wait is longer than. */
  readonly longest: number;
}

/**
 * How long to wait before another attempt, in milliseconds: any time up to a limit that doubles with each failure
 * ("full jitter"), so that those who failed together do not come back together.
 *
 * @param attempt the attempts that have failed, 1 or more
 * @param random a number from 0 to 1, for tests
 * @example
 * await pause(backoff(failures, { first: 100, longest: 5_000 }), signal);
 */
export const backoff = (attempt: number, { first, longest }: BackoffLimits, random = Math.random): number =>
  random() * Math.min(longest, first * 2 ** (attempt - 1));

/**
 * Waits so many milliseconds.
 *
 * @throws the signal's reason, as soon as it aborts
 */
export const pause = (milliseconds: number, signal?: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end);
  });
