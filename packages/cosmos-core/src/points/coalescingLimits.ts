import { maxBatchBytes, maxBatchOperations } from "../sdk/batchRequest.ts";

/** How a store puts operations together. The defaults are measured: see docs/coalescing.md. */
export interface CoalescingLimits {
  /** Operations in a batch request, at most: 1 to 100, which is what the service takes. 1 turns batches off. */
  readonly maxBatchSize: number;
  /**
   * Bytes of operations in a batch request, at most: up to 220,000, from where on the SDK would make several requests of
   * one batch. (The service takes 2 MB.) What is larger alone, up to the service's 2 MB, goes alone.
   */
  readonly maxBatchBytes: number;
  /** Requests on their way at once to a physical partition; what comes while as many are waits for the next batch. */
  readonly maxBatchesInFlight: number;
  /** The same for operations that cannot be batched, of the container as a whole: reads in another region than writes. */
  readonly maxAloneInFlight: number;
  /** Operations that wait to be sent, at most; one more is refused as `throttled` at once. */
  readonly maxOperationsWaiting: number;
}

const defaults: CoalescingLimits = {
  maxBatchSize: 100,
  maxBatchBytes: 200_000,
  maxBatchesInFlight: 4,
  maxAloneInFlight: 100,
  maxOperationsWaiting: 10_000,
};

const largest: CoalescingLimits = {
  maxBatchSize: maxBatchOperations,
  maxBatchBytes,
  maxBatchesInFlight: Number.MAX_SAFE_INTEGER,
  maxAloneInFlight: Number.MAX_SAFE_INTEGER,
  maxOperationsWaiting: Number.MAX_SAFE_INTEGER,
};

/**
 * Fills in what is left out.
 *
 * @throws RangeError that names a limit which is no whole number between 1 and what it may be.
 */
export function toLimits(given: Partial<CoalescingLimits> = {}): CoalescingLimits {
  const limits = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof CoalescingLimits)[]) {
    const value = given[name] ?? defaults[name];
    if (!Number.isSafeInteger(value) || value < 1 || value > largest[name]) {
      throw new RangeError(`${name} is ${value}: it has to be a whole number from 1 to ${largest[name]}.`);
    }
    limits[name] = value;
  }
  return limits;
}
