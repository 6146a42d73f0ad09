import { type BackOff, backOff } from "@cosmos-trpc/base";
import { StoreError } from "../errors/errors.ts";
import { isLeftOut } from "../sdk/batchRequest.ts";
import { fromSdkError } from "../sdk/cosmosFailure.ts";
import { operationTimeout } from "../sdk/deadline.ts";
import { bytesOf, isThrottled, type PointAnswer, type PointOperation } from "../sdk/pointOperation.ts";
import type { PointRequests } from "../sdk/pointRequests.ts";
import type { CoalescingLimits } from "./coalescingLimits.ts";

/** Takes operations and sends them, alone or together. */
export interface Coalescer {
  /**
   * Sends an operation. A caller that gives up takes its own operation out of the queue if it has not been sent and
   * nobody else waits for it, and touches no other.
   *
   * @throws StoreError `throttled` at once when too many operations wait; else what a request ends with.
   */
  submit(operation: PointOperation, signal: AbortSignal): Promise<PointAnswer>;
}

interface Waiter {
  /** What it waits for. */
  pending: Pending;
  readonly resolve: (answer: PointAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** An operation that has no answer yet, and who waits for it: several for identical reads. */
interface Pending {
  readonly operation: PointOperation;
  readonly name: string;
  readonly waiters: Set<Waiter>;
  /** When the last of them came, by `performance.now()`. */
  submittedAt: number;
  /** It goes out alone: a batch could not answer it. */
  mustGoAlone: boolean;
  /** How often it was throttled. */
  throttles: number;
  /** What to do when everybody who waited has left. */
  abandon: () => void;
}

/** Operations that may share a batch request, or those that go alone. */
interface Lane {
  readonly isBatching: boolean;
  /** What waits to be sent, the oldest first. */
  readonly queue: Set<Pending>;
  inFlight: number;
  isScheduled: boolean;
}

/** How long a throttled operation is tried again, in milliseconds: less than the time-out, so that callers hear why. */
const throttledFor = operationTimeout - 1_000;

/** Waits of a throttled operation when the service does not say how long, in milliseconds. */
const retries: BackOff = { first: 50, max: throttledFor };

/** How long a caller is told to wait when too many wait already, in milliseconds. */
const overloadRetryAfter = 100;

/**
 * Puts operations that overlap together. An operation goes out at the end of the event loop's turn in which it came;
 * with it goes what else came in that turn and may share its request, and what waited. While as many requests are
 * in flight as may be, operations wait, and the next answer lets them leave. There is no timer: nobody waits for others
 * to come. Identical reads that wait are one operation; a read never joins one that was sent, since that could miss the
 * caller's own write.
 */
export function createCoalescer(requests: PointRequests, limits: CoalescingLimits): Coalescer {
  const lanes = new Map<string | undefined, Lane>();
  /** Of what waits to be sent the reads which a later identical read may join, by name. */
  const reads = new Map<string, Pending>();
  /** Operations in queues and in back-off. */
  let waiting = 0;

  function laneOf(operation: PointOperation): Lane {
    const batchKey = requests.batchKeyOf(operation);
    const known = lanes.get(batchKey);
    if (known !== undefined) return known;
    const lane: Lane = {
      isBatching: batchKey !== undefined,
      queue: new Set(),
      inFlight: 0,
      isScheduled: false,
    };
    lanes.set(batchKey, lane);
    return lane;
  }

  function enqueue(pending: Pending, lane: Lane): void {
    waiting += 1;
    lane.queue.add(pending);
    // A read that comes after a write of its item joins no read that waits before that write.
    if (pending.operation.kind === "read") reads.set(pending.name, pending);
    else reads.delete(pending.name);
    pending.abandon = () => takeOut(pending, lane);
    schedule(lane);
  }

  function takeOut(pending: Pending, lane: Lane): void {
    waiting -= 1;
    lane.queue.delete(pending);
    if (reads.get(pending.name) === pending) reads.delete(pending.name);
  }

  const hasRoom = (lane: Lane): boolean =>
    lane.inFlight < (lane.isBatching ? limits.maxBatchesInFlight : limits.maxAloneInFlight);

  function schedule(lane: Lane): void {
    if (lane.isScheduled || !hasRoom(lane)) return;
    lane.isScheduled = true;
    // After all that arrived in the same turn of the event loop has been read, so that it leaves together.
    setImmediate(() => {
      lane.isScheduled = false;
      while (lane.queue.size > 0 && hasRoom(lane)) void send(takeBatch(lane), lane);
    });
  }

  function takeBatch(lane: Lane): Pending[] {
    const batch: Pending[] = [];
    let bytes = 0;
    for (const pending of lane.queue) {
      bytes += bytesOf(pending.operation);
      const isFull = batch.length === limits.maxBatchSize || bytes > limits.maxBatchBytes;
      if (batch.length > 0 && (isFull || pending.mustGoAlone)) break;
      batch.push(pending);
      takeOut(pending, lane);
      if (pending.mustGoAlone || !lane.isBatching) break;
    }
    return batch;
  }

  async function send(batch: readonly Pending[], lane: Lane): Promise<void> {
    lane.inFlight += 1;
    const abort = new AbortController();
    const left = Promise.withResolvers<never>();
    let awaited = batch.length;
    for (const pending of batch) {
      pending.abandon = () => {
        awaited -= 1;
        if (awaited > 0) return;
        abort.abort();
        // The SDK may take its time to end; the next requests need not wait for that.
        left.reject(abort.signal.reason);
      };
    }
    try {
      await Promise.race([
        isAlone(batch, lane) ? sendAlone(batch, abort.signal) : sendBatch(batch, abort.signal),
        left.promise,
      ]);
    } catch {
      // Nobody waits any more.
    } finally {
      lane.inFlight -= 1;
      schedule(lane);
    }
  }

  /** An operation that was throttled stays with batch requests, whose back-off is this file's and not the SDK's. */
  const isAlone = ([first, second]: readonly Pending[], lane: Lane): boolean =>
    second === undefined && (!lane.isBatching || first?.mustGoAlone === true || first?.throttles === 0);

  async function sendAlone([pending]: readonly Pending[], signal: AbortSignal): Promise<void> {
    if (pending === undefined) return;
    try {
      settle(pending, await requests.alone(pending.operation, signal));
    } catch (error) {
      fail(pending, error);
    }
  }

  async function sendBatch(batch: readonly Pending[], signal: AbortSignal): Promise<void> {
    try {
      const answers = await requests.batch(
        batch.map(({ operation }) => operation),
        signal,
      );
      for (const [index, pending] of batch.entries()) settle(pending, answers[index] as PointAnswer);
    } catch (error) {
      requests.onBatchFailure();
      const failure = fromSdkError(error);
      // A request that Cosmos DB refused did nothing: each operation hears alone whether it is refused too.
      const isRefused = failure.status !== undefined && failure.reason !== "unavailable";
      for (const pending of batch) {
        // Nobody knows which of the writes took effect; a read can be sent again.
        const canGoAgain =
          isRefused || (failure.reason === "unavailable" && pending.operation.kind === "read");
        if (canGoAgain) sendAgainAlone(pending);
        else fail(pending, failure);
      }
    }
  }

  function settle(pending: Pending, answer: PointAnswer): void {
    // What goes alone for good was tried again by the SDK.
    if (!pending.mustGoAlone) {
      if (isThrottled(answer) && backsOff(pending, answer.retryAfterMs)) return;
      if (isLeftOut(answer)) {
        sendAgainAlone(pending);
        return;
      }
    }
    const [first, ...others] = pending.waiters;
    pending.waiters.clear();
    first?.resolve(answer);
    for (const { resolve } of others) {
      // The operation was charged once, and nobody's item is another's to change.
      resolve({ ...answer, document: structuredClone(answer.document), requestCharge: 0 });
    }
  }

  function fail(pending: Pending, error: unknown): void {
    const waiters = [...pending.waiters];
    pending.waiters.clear();
    for (const { reject } of waiters) reject(error);
  }

  function sendAgainAlone(pending: Pending): void {
    if (pending.waiters.size === 0) return;
    pending.mustGoAlone = true;
    enqueue(pending, laneOf(pending.operation));
  }

  /** Whether a throttled operation is tried again: within its time, and not before the service wants it. */
  function backsOff(pending: Pending, retryAfterMs: number | undefined): boolean {
    if (pending.waiters.size === 0) return false;
    const wait = retryAfterMs ?? backOff(pending.throttles + 1, retries);
    if (performance.now() + wait > pending.submittedAt + throttledFor) return false;
    pending.throttles += 1;
    waiting += 1;
    const timer = setTimeout(() => {
      waiting -= 1;
      comeBack(pending);
    }, wait);
    pending.abandon = () => {
      waiting -= 1;
      clearTimeout(timer);
    };
    return true;
  }

  /** Back from back-off into the queue, or, of a read, to an identical one that waits there. */
  function comeBack(pending: Pending): void {
    const known = pending.operation.kind === "read" ? reads.get(pending.name) : undefined;
    if (known === undefined) {
      enqueue(pending, laneOf(pending.operation));
      return;
    }
    for (const waiter of pending.waiters) {
      waiter.pending = known;
      known.waiters.add(waiter);
    }
    pending.waiters.clear();
  }

  function join(pending: Pending, signal: AbortSignal): Promise<PointAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<PointAnswer>();
    const waiter: Waiter = { pending, resolve, reject };
    pending.waiters.add(waiter);
    pending.submittedAt = performance.now();
    const leave = (): void => {
      const { waiters, abandon } = waiter.pending;
      if (waiters.delete(waiter) && waiters.size === 0) abandon();
    };
    signal.addEventListener("abort", leave, { once: true });
    return promise;
  }

  return {
    submit(operation, signal) {
      const lane = laneOf(operation);
      const name = JSON.stringify([operation.key.pk, operation.key.id]);
      const known = operation.kind === "read" ? reads.get(name) : undefined;
      if (known !== undefined) return join(known, signal);
      if (waiting >= limits.maxOperationsWaiting) {
        const message = `${limits.maxOperationsWaiting} operations wait for Cosmos DB already: wait, then try again.`;
        return Promise.reject(new StoreError("throttled", message, { retryAfterMs: overloadRetryAfter }));
      }
      const pending: Pending = {
        operation,
        name,
        waiters: new Set(),
        submittedAt: 0,
        mustGoAlone: !lane.isBatching,
        throttles: 0,
        abandon: () => undefined,
      };
      enqueue(pending, lane);
      return join(pending, signal);
    },
  };
}
