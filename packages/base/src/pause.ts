/**
 * Waits so many milliseconds.
 *
 * @example
 * await pause(jitteredBackOff(failures, { first: 100, max: 5_000 }), signal);
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
