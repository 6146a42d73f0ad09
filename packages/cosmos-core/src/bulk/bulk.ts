import { setImmediate } from "node:timers/promises";
import { inOrder } from "@cosmos-trpc/base";
import type { AnyDefinition, ItemBase } from "../definition/containerDefinition.ts";
import type { Documents } from "../definition/document.ts";
import { StoreError } from "../errors/errors.ts";
import { invalidInput, numberProblems } from "../errors/invalidInput.ts";
import { type ItemWriting, itemWriter } from "../points/itemWriting.ts";
import { createPointSender, type Submit } from "../points/pointSender.ts";
import { createPacer } from "./pacer.ts";

/** What happened to one item of a bulk write. The items themselves do not come back: that saves their way. */
export type BulkResult = {
  /** Its place in the source, from 0. */
  readonly index: number;
  /** What it cost, in request units (RU). */
  readonly requestCharge: number;
} & (
  | {
      /** The version that it has now, in the service's quotes. */
      readonly _etag: string;
      readonly error?: never;
    }
  | { readonly _etag?: never; readonly error: StoreError }
);

/** How far a bulk write is. */
export interface BulkProgress {
  /** Items with a result, those that were skipped not counted. */
  readonly done: number;
  /** Of these, the ones that were refused. */
  readonly refused: number;
  /** Request units (RU) so far. */
  readonly requestCharge: number;
  /** Where to begin to go on after this: all before it have their results. Keep it, and give it as `startAt`. */
  readonly resumeAt: number;
}

/** Options of a bulk write. */
export interface BulkOptions {
  /** Called after each result, in the order of the source. */
  readonly onProgress?: ((progress: BulkProgress) => void) | undefined;
  /** How many items of the source to skip: those that an earlier run has dealt with. 0 by default. */
  readonly startAt?: number | undefined;
  /** Items that are on their way at once, at most: 1 to 10,000, 1,000 by default. It begins with fewer. */
  readonly concurrency?: number | undefined;
  /** How long Cosmos DB may be throttling or away, in milliseconds, before the write ends: 120,000 by default. */
  readonly maxOutage?: number | undefined;
  /** Ends the write, with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of items that are held at once, at most: far over what is on its way at full speed. */
const maxHeldBytes = 16 * 1024 * 1024;

/** What the numbers of the options may be. */
const bounds = {
  startAt: [0, Number.MAX_SAFE_INTEGER],
  concurrency: [1, 10_000],
  maxOutage: [0, 2_147_483_647],
} as const;

/** Items of a source that are taken in one turn of the event loop, at most. */
const inputsInTurn = 1_000;

/** Makes a store's `bulk`. */
export function createBulk(submit: Submit, definition: AnyDefinition, documents: Documents<ItemBase>) {
  const writing = itemWriter(definition, documents);
  const { send } = createPointSender(submit, documents);

  return async function* bulk(
    source: Iterable<unknown> | AsyncIterable<unknown>,
    options: BulkOptions = {},
  ): AsyncGenerator<BulkResult, void, undefined> {
    const { startAt = 0, concurrency = 1_000, maxOutage = 120_000, signal, onProgress } = options;
    const problems = numberProblems({ startAt, concurrency, maxOutage }, bounds);
    if (problems.length > 0) throw invalidInput(problems);
    const ended = new AbortController();
    const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    const pacer = createPacer({ maxConcurrency: concurrency, maxOutage, signal: either });
    /** The last write to each item that is not done: a later one to the same item waits for it. */
    const last = new Map<string, Promise<unknown>>();

    async function write(
      item: ItemWriting,
    ): Promise<{ readonly _etag: string; readonly requestCharge: number }> {
      const operation = { kind: "upsert", ...item, isMinimal: true } as const;
      const name = JSON.stringify(operation.key);
      const before = last.get(name);
      const written = (async () => {
        await before?.catch(() => undefined);
        return pacer.run(() => send(either, operation));
      })();
      last.set(name, written);
      try {
        const { etag: _etag = "", requestCharge } = await written;
        return { _etag, requestCharge };
      } finally {
        if (last.get(name) === written) last.delete(name);
      }
    }

    async function work(item: unknown, index: number): Promise<BulkResult> {
      let checked: ItemWriting;
      try {
        checked = writing(item);
      } catch (error) {
        return { index: index + startAt, error: checkFailure(error), requestCharge: 0 };
      }
      try {
        return { index: index + startAt, ...(await write(checked)) };
      } catch (error) {
        if (!isOfItem(error)) throw error;
        return { index: index + startAt, error, requestCharge: error.requestCharge ?? 0 };
      }
    }

    let [done, refused, requestCharge] = [0, 0, 0];
    try {
      const limits = { maxConcurrency: concurrency, maxWeight: maxHeldBytes, weigh };
      for await (const result of inOrder(skip(source, startAt, signal), limits, work)) {
        done += 1;
        requestCharge += result.requestCharge;
        if (result.error !== undefined) refused += 1;
        onProgress?.({ done, refused, requestCharge, resumeAt: result.index + 1 });
        yield result;
      }
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    } finally {
      ended.abort();
    }
  };
}

/** What an item's own check threw, whatever it is: the other items have nothing to do with it. */
const checkFailure = (error: unknown): StoreError =>
  error instanceof StoreError
    ? error
    : new StoreError(
        "misconfigured",
        `The item cannot be checked: ${String(error)}.`,
        { code: "schema-broken" },
        error,
      );

/** Whether a failure says something of the item, and not of Cosmos DB, which would fail the others too. */
const isOfItem = (error: unknown): error is StoreError =>
  error instanceof StoreError &&
  error.reason !== "throttled" &&
  error.reason !== "unavailable" &&
  error.reason !== "misconfigured";

/** Bytes of an item, roughly. What is no JSON weighs nothing, and is refused in its turn. */
function weigh(item: unknown): number {
  try {
    return JSON.stringify(item)?.length ?? 0;
  } catch {
    return 0;
  }
}

/** What a source has after so many. */
async function* skip<Input>(
  source: Iterable<Input> | AsyncIterable<Input>,
  count: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Input> {
  let index = 0;
  for await (const input of source) {
    signal?.throwIfAborted();
    if (index >= count) yield input;
    index += 1;
    // Items that are skipped or refused wait for nothing: without a turn of the event loop no timer of the process would
    // run, and nobody could end this, before the source's end.
    if (index % inputsInTurn === 0) await setImmediate();
  }
}
