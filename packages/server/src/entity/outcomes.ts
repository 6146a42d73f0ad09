import type { BulkResult, EntityTypes, StoreError } from "@cosmos-trpc/cosmos-core";
import { describeStoreError, type Failure, isStoreError } from "../errors.ts";
import type { StoreOfRequest } from "../request/requestStore.ts";
import type {} from "./entity.ts";

/** What became of one of many: what there is to say of it, or why there is nothing; and its cost in request units (RU). */
export type Outcome<Success> = ({ readonly ok: true; readonly requestCharge: number } & Success) | Refusal;

interface Refusal {
  readonly ok: false;
  readonly error: Failure;
  readonly requestCharge: number;
}

/** The outcome that a failure of one of many is, as callers see it. */
export const refusal = (error: StoreError, requestCharge: number): Refusal => ({
  ok: false,
  error: describeStoreError(error),
  requestCharge,
});

/** An item that was written. */
export interface Written {
  /** The version that it has now, as the service writes it, with its quotes. */
  readonly _etag: string;
}

/** How long a bulk write waits while Cosmos DB throttles or is away, in milliseconds: its caller waits with it. */
const maxWait = 10_000;

/**
 * Upserts many items. When Cosmos DB goes away in the middle, what was not confirmed has that failure for its outcome:
 * it may be written, and can be sent again.
 *
 * @returns an outcome for each item, in their order
 * @throws StoreError when nothing was written
 */
export async function writeBulk<Types extends EntityTypes>(
  store: StoreOfRequest<Types>,
  items: readonly Types["input"][],
): Promise<Outcome<Written>[]> {
  const outcomes: Outcome<Written>[] = [];
  try {
    for await (const result of store.bulk(items, { maxOutage: maxWait })) {
      outcomes.push(outcomeOf(result));
    }
  } catch (error) {
    if (!isStoreError(error) || outcomes.length === 0) throw error;
    const failed: StoreError = error;
    while (outcomes.length < items.length) outcomes.push(refusal(failed, 0));
  }
  return outcomes;
}

const outcomeOf = ({ _etag, error, requestCharge }: BulkResult): Outcome<Written> =>
  error === undefined ? { ok: true, _etag, requestCharge } : refusal(error, requestCharge);
