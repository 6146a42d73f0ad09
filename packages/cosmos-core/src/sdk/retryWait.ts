import { setTimeout as delay } from "node:timers/promises";

/** The first wait, in milliseconds, and the longest. */
const shortest = 10;
const longest = 1_000;

/**
 * How long to wait before another attempt, in milliseconds: any time up to a limit that doubles with each, so that
 * those who met do not meet again.
 *
 * @param attempt the attempts that have failed, 1 or more
 */
export const waitBefore = (attempt: number): number =>
  Math.random() * Math.min(longest, shortest * 2 ** Math.min(attempt, 20));

/** Waits so many milliseconds. @throws the signal's own reason when it aborts */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
