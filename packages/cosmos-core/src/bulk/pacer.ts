import { type BackOff, jitteredBackOff, pause } from "@cosmos-trpc/base";
import { StoreError } from "../errors/errors.ts";

/** Runs work at the pace that Cosmos DB can take: a limit of concurrency that adapts to it. */
export interface Pacer {
  /**
   * Runs work when it is its turn, and again while Cosmos DB is throttling or away.
   *
   * @throws what the work throws; `throttled` and `unavailable` only after `maxOutage`
   */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Options of {@link createPacer}. */
export interface PacerOptions {
  /** How much may be under way at once, at most. */
  readonly maxConcurrency: number;
  /** How long Cosmos DB may be throttling or away for one piece of work, in milliseconds. */
  readonly maxOutage: number;
  readonly signal: AbortSignal | undefined;
}

/** Waits while Cosmos DB throttles or is away, in milliseconds. */
const retries: BackOff = { first: 20, max: 1_000 };

/** How much is under way at once in the beginning. */
const firstLimit = 100;

/**
 * Additive increase, multiplicative decrease: adds to what is under way while all goes well, halves it when Cosmos DB throttles or does not answer, and lets all
 * work wait for as long as the service said.
 */
export function createPacer({ maxConcurrency, maxOutage, signal }: PacerOptions): Pacer {
  let limit = Math.min(maxConcurrency, firstLimit);
  let active = 0;
  let heldUntil = 0;
  const waiting: (() => void)[] = [];

  const letIn = (): void => {
    while (active < Math.floor(limit) && waiting.length > 0) {
      active += 1;
      waiting.shift()?.();
    }
  };

  const enter = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      letIn();
    });

  const leave = (): void => {
    active -= 1;
    letIn();
  };

  /** @returns whether the work may be tried again */
  async function slowDown(failure: unknown, attempt: number, since: number): Promise<boolean> {
    const mayPass =
      failure instanceof StoreError && (failure.reason === "throttled" || failure.reason === "unavailable");
    if (!mayPass || performance.now() - since > maxOutage) return false;
    // What was under way together failed together: that is one reason to slow down, not many.
    if (performance.now() >= heldUntil) limit = Math.max(1, limit / 2);
    const wait = (failure.retryAfterMs ?? 0) + jitteredBackOff(attempt, retries);
    heldUntil = Math.max(heldUntil, performance.now() + wait);
    await pause(wait, signal);
    return true;
  }

  return {
    async run(work) {
      await enter();
      try {
        let since: number | undefined;
        for (let attempt = 1; ; attempt += 1) {
          signal?.throwIfAborted();
          const held = heldUntil - performance.now();
          if (held > 0) await pause(held, signal);
          try {
            const result = await work();
            limit = Math.min(maxConcurrency, limit + 1 / limit);
            return result;
          } catch (error) {
            since ??= performance.now();
            if (!(await slowDown(error, attempt, since))) throw error;
          }
        }
      } finally {
        leave();
      }
    },
  };
}
