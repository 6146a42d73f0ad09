import { type EntityManifest, valueAt } from "@cosmos-trpc/base";
import type { InputRecord } from "../input/inputRecord.ts";

/** How records are put together into requests. */
export interface BatchLimits {
  readonly records: number;
  readonly bytes: number;
}

/** Records that go to the server in one request. */
export interface Batch {
  readonly records: readonly InputRecord[];
  /** Resolves when all that is to be written before it has been: an earlier version of one of its items. */
  readonly after: Promise<unknown>;
  /** Is to be called when it was written. */
  readonly settle: () => void;
}

/**
 * Puts records together. Of records with the same key, the later one is in a later batch, which waits for the earlier
 * one: so the last line of an item is what stays.
 */
export async function* batches(
  records: AsyncIterable<InputRecord>,
  limits: BatchLimits,
  entity: EntityManifest,
): AsyncGenerator<Batch> {
  /** The last batch that writes a key, while it is under way. */
  const writers = new Map<string, Promise<void>>();
  let batch: InputRecord[] = [];
  let keys = new Set<string>();
  let bytes = 0;
  let end = 0;

  function finish(): Batch {
    const own = keys;
    const after = Promise.all([...own].flatMap((key) => writers.get(key) ?? []));
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    for (const key of own) writers.set(key, promise);
    const made = {
      records: batch,
      after,
      settle() {
        for (const key of own) if (writers.get(key) === promise) writers.delete(key);
        resolve();
      },
    };
    batch = [];
    keys = new Set();
    bytes = 0;
    return made;
  }

  for await (const record of records) {
    const key = keyOf(record, entity);
    const size = record.end - end;
    end = record.end;
    const isFull = batch.length >= limits.records || bytes + size > limits.bytes;
    if (batch.length > 0 && (isFull || (key !== undefined && keys.has(key)))) yield finish();
    batch.push(record);
    bytes += size;
    if (key !== undefined) keys.add(key);
  }
  if (batch.length > 0) yield finish();
}

/**
 * What names the item; nothing where the server will refuse it. A field that the schema fills in may be there in one line
 * and not in another of the same item: then the others have to do.
 */
function keyOf({ value }: InputRecord, { key }: EntityManifest): string | undefined {
  if (typeof value?.["id"] !== "string") return undefined;
  return JSON.stringify(key.flatMap(({ path, isOptional }) => (isOptional ? [] : [valueAt(value, path)])));
}
