import type { ItemDefinition, Resource } from "@azure/cosmos";
import type { Coalescer } from "./coalescer.ts";
import { fromAnswer, fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";
import type { ContainerDefinition, ItemBase } from "./defineContainer.ts";
import { StoreError } from "./errors.ts";
import type { ItemKey, PointOperation } from "./pointOperation.ts";

/** An item as it is stored: with what the service keeps about it. */
export type Stored<Item> = Item & {
  /**
   * The version, without the quotes that HTTP puts around it: write with it as `ifMatch` to be sure that nothing was
   * changed in between.
   */
  readonly etag: string;
  /** When it was last written, as ISO 8601 in UTC; to the second. */
  readonly updatedAt: string;
};

/** The result of an operation on one item. */
export interface ItemResult<Item> {
  readonly item: Stored<Item>;
  /**
   * What the operation cost, in request units (RU). Of callers whose identical reads were one operation the first is
   * charged and the others are not: the sum is what Cosmos DB charged.
   */
  readonly requestCharge: number;
}

/** Options of every operation. */
export interface OperationOptions {
  /** Gives the operation up. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a write. */
export interface WriteOptions extends OperationOptions {
  /** Writes only over the version that has this etag; else `precondition-failed`. */
  readonly ifMatch?: string | undefined;
}

/**
 * A typed container. Items that it takes have been through the definition's schema. Every operation rejects with a
 * {@link StoreError}, in the end after 5 seconds.
 */
export interface Store<Item extends ItemBase> {
  /** Point read. @throws StoreError `not-found` */
  get(key: ItemKey, options?: OperationOptions): Promise<ItemResult<Item>>;
  /**
   * Writes an item whether it is there or not; with `ifMatch` only over that version of it.
   *
   * @throws StoreError `too-large`, `precondition-failed`
   */
  upsert(item: Item, options?: WriteOptions): Promise<ItemResult<Item>>;
}

/** Bytes of UTF-8 that an item's JSON may have. Source: Learn, "Azure Cosmos DB service quotas", per-item limits. */
export const maxItemBytes = 2 * 1024 * 1024;

/** The typed store of a container, on the queue that sends its operations. */
export function createStore<Item extends ItemBase>(
  coalescer: Coalescer,
  definition: ContainerDefinition,
): Store<Item> {
  const pkName = definition.partitionKey.slice(1);
  const keyOf = (item: Item): ItemKey => ({
    id: item.id,
    pk: String((item as Record<string, unknown>)[pkName]),
  });

  async function run(signal: AbortSignal | undefined, operation: PointOperation): Promise<ItemResult<Item>> {
    const answer = await withinDeadline(signal, (ended) => coalescer.submit(operation, ended)).catch(
      (error: unknown) => {
        if (signal?.aborted === true) throw signal.reason;
        throw fromSdkError(error);
      },
    );
    if (answer.status >= 400) throw fromAnswer(answer);
    return {
      item: present<Item>(answer.document as ItemDefinition & Resource),
      requestCharge: answer.requestCharge,
    };
  }

  async function get(key: ItemKey, { signal }: OperationOptions = {}): Promise<ItemResult<Item>> {
    return run(signal, { kind: "read", key });
  }

  /** Names the etag that would have matched, when it can be found. */
  async function explainMismatch(key: ItemKey, failure: StoreError): Promise<StoreError> {
    const current = await get(key).catch(() => undefined);
    const details = {
      ...failure,
      currentEtag: current?.item.etag,
      requestCharge: (failure.requestCharge ?? 0) + (current?.requestCharge ?? 0),
    };
    return new StoreError("precondition-failed", mismatch(current === undefined), details, failure.cause);
  }

  return {
    get,
    async upsert(item, { ifMatch, signal } = {}) {
      const size = checkSize(item);
      const key = keyOf(item);
      const body = item as ItemDefinition;
      if (ifMatch === undefined) return run(signal, { kind: "upsert", key, body, size });
      // The service's own upsert ignores If-Match for an item that is not there, and creates it.
      try {
        return await run(signal, { kind: "replace", key, body, size, ifMatch: quotedEtag(ifMatch) });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.reason === "not-found")
          throw new StoreError("precondition-failed", mismatch(true), error, error);
        throw error.reason === "precondition-failed" ? await explainMismatch(key, error) : error;
      }
    },
  };
}

const mismatch = (isGone: boolean): string =>
  isGone
    ? "The item that ifMatch names a version of is not there."
    : "The item has changed since that etag was read: read it again, then write with its new etag.";

/** The item's bytes as JSON. @throws StoreError `too-large` */
function checkSize(item: ItemBase): number {
  const size = Buffer.byteLength(JSON.stringify(item));
  if (size > maxItemBytes) {
    throw new StoreError(
      "too-large",
      `The item has ${size} bytes as JSON, at most ${maxItemBytes} are allowed.`,
    );
  }
  return size;
}

/** An etag without its quotes: people type it in a shell. */
const bareEtag = (etag: string): string => etag.replace(/^"(.*)"$/, "$1");

/** The same as HTTP wants it in `If-Match`, where it may have come in either form. */
const quotedEtag = (etag: string): string => (etag === "*" ? etag : `"${bareEtag(etag)}"`);

/** What callers see: the item, its etag and its time, none of the service's other properties. */
function present<Item>(document: ItemDefinition & Resource): Stored<Item> {
  const { _rid, _self, _attachments, _etag, _ts, ...item } = document;
  const kept = { etag: bareEtag(_etag), updatedAt: new Date(_ts * 1000).toISOString() };
  return { ...item, ...kept } as unknown as Stored<Item>;
}
