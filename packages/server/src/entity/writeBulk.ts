import type { BulkResult, ItemBase, Ordering, StoreError } from "@cosmos-trpc/cosmos-core";
import { isStoreError } from "../errors/failure.ts";
import { type Context, spend } from "../request/context.ts";
import type { EntityDefinition } from "./entity.ts";
import { type Outcome, refusal } from "./outcome.ts";

/** An item that was written. */
export interface Written {
  /** The version that it has now, without quotes. */
  readonly etag: string;
}

/** How long a bulk write waits while Cosmos DB throttles or is away, in milliseconds: its caller waits with it. */
const patience = 10_000;

/**
 * Upserts many items. When Cosmos DB goes away in the middle, what was not confirmed has that failure for its outcome:
 * it may be written, and can be sent again.
 *
 * @returns an outcome for each item, in their order
 * @throws StoreError when nothing was written
 */
export async function writeBulk<
  Item extends ItemBase,
  Input,
  Key extends { readonly id: string },
  Area,
  Order extends Ordering,
>(
  context: Context,
  definition: EntityDefinition<Item, Key, Area, Order>,
  items: readonly Input[],
  signal: AbortSignal | undefined,
): Promise<Outcome<Written>[]> {
  const { results, failure } = await spend(context, definition, async (store) => {
    const done: BulkResult[] = [];
    let failed: StoreError | undefined;
    try {
      // The store checks each item by the schema itself.
      for await (const result of store.bulk(items as unknown as Item[], { patience, signal })) {
        done.push(result);
      }
    } catch (error) {
      if (!isStoreError(error) || done.length === 0) throw error;
      failed = error;
    }
    return {
      results: done,
      failure: failed,
      requestCharge: done.reduce((sum, one) => sum + one.requestCharge, 0),
    };
  });
  const outcomes = results.map(
    ({ etag, error, requestCharge }): Outcome<Written> =>
      error === undefined ? { ok: true, etag, requestCharge } : refusal(error, requestCharge),
  );
  if (failure === undefined) return outcomes;
  return [...outcomes, ...items.slice(results.length).map(() => refusal(failure, 0))];
}
