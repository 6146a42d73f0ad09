/** How waits grow, in milliseconds. */
export interface BackOff {
  /** The wait after the first failure; each further one is twice as long. */
  readonly first: number;
  /** No wait is longer. */
  readonly max: number;
}

/**
 * The wait after a number of failures in a row, in milliseconds.
 *
 * @example backOff(3, { first: 100, max: 5_000 }) // 400
 */
export const backOff = (failures: number, { first, max }: BackOff): number =>
  Math.min(max, first * 2 ** (failures - 1));

/**
 * A random wait of up to {@link backOff}, for callers that may have failed together and must not come back together.
 * Source: "Exponential Backoff And Jitter" (AWS Architecture Blog), full jitter.
 */
export const jitteredBackOff = (failures: number, waits: BackOff): number =>
  Math.random() * backOff(failures, waits);
