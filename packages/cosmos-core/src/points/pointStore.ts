import type { Stored } from "../definition/document.ts";
import type { EntityTypes } from "../definition/entityTypes.ts";
import type { Filter } from "../definition/filter.ts";
import type { Patch } from "../definition/patch.ts";
import type { StoreError } from "../errors/errors.ts";

/** The result of an operation on one item. */
export interface ItemResult<Item> {
  readonly item: Stored<Item>;
  /**
   * What the operation cost, in request units (RU). Of callers whose identical reads were one operation the first is
   * charged and the others are not: the sum is what Cosmos DB charged.
   */
  readonly requestCharge: number;
}

/** The answer for one key of many: the item, or why there is none. */
export type GetAnswer<Item> =
  | { readonly item: Stored<Item>; readonly requestCharge: number; readonly error?: never }
  | { readonly item?: never; readonly requestCharge: number; readonly error: StoreError };

/** Options of every operation. */
export interface OperationOptions {
  /** Gives the operation up. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a write. */
export interface WriteOptions extends OperationOptions {
  /** Writes only over the version that has this etag, with its quotes or without, or, as `*`, over any; else `precondition-failed`. */
  readonly ifMatch?: string | undefined;
}

/** Options of a patch. */
export interface PatchOptions<Item> extends WriteOptions {
  /** Changes only an item for which this holds; else `precondition-failed`. */
  readonly where?: Filter<Item> | undefined;
}

/** Bytes that the items of one `getMany` have as JSON, at most, where it is not told otherwise. */
export const maxGetManyBytes = 16 * 1024 * 1024;

/** Options of {@link PointStore.getMany}. */
export interface GetManyOptions extends OperationOptions {
  /**
   * Bytes that the items have as JSON, at most: 16 MB by default. An item that is asked for twice counts twice. The first
   * item to come is answered however large it is.
   */
  readonly maxBytes?: number | undefined;
}

/** Operations on single items. */
export interface PointStore<Types extends EntityTypes> {
  /** Point read. @throws StoreError `not-found` */
  get(key: Types["key"], options?: OperationOptions): Promise<ItemResult<Types["item"]>>;
  /**
   * Point reads of any number of items, put together into batches. When the items that have come have as many bytes as
   * may be, the keys that are left are answered with `too-large`: ask for these again.
   *
   * @returns an answer for each key, in their order; a failure of one is its answer
   * @throws StoreError `invalid` for a `maxBytes` that is none
   */
  getMany(keys: readonly Types["key"][], options?: GetManyOptions): Promise<GetAnswer<Types["item"]>[]>;
  /**
   * Writes an item whether it is there or not; with `ifMatch` only over that version of it. As with every write, it goes
   * through the schema, and what the service keeps (`_etag`, `_ts` and the like) may stand in it and is ignored: an item
   * that was read can be changed and written back.
   *
   * @throws StoreError `invalid`, `too-large`, `precondition-failed`
   */
  upsert(item: Types["input"], options?: WriteOptions): Promise<ItemResult<Types["item"]>>;
  /** Writes an item that is not there. @throws StoreError `invalid`, `conflict`, `too-large` */
  create(item: Types["input"], options?: OperationOptions): Promise<ItemResult<Types["item"]>>;
  /** Writes over an item that is there. @throws StoreError `invalid`, `not-found`, `precondition-failed`, `too-large` */
  replace(item: Types["input"], options?: WriteOptions): Promise<ItemResult<Types["item"]>>;
  /**
   * Changes parts of an item that is there, without reading it first. Paths and values are checked before, the item as
   * it came out afterwards: what only the whole shows (a rule over two fields, a sum that is too high) is refused when
   * it is written already.
   *
   * @throws StoreError `not-found`, `precondition-failed`, `invalid`
   */
  patch(
    key: Types["key"],
    patch: Patch<Types["item"]>,
    options?: PatchOptions<Types["item"]>,
  ): Promise<ItemResult<Types["item"]>>;
  /** @throws StoreError `not-found`, `precondition-failed` */
  delete(key: Types["key"], options?: WriteOptions): Promise<{ readonly requestCharge: number }>;
  /**
   * Reads an item, changes it, and writes it over the version that was read. When somebody else has written in between
   * it starts again, up to 10 times. `change` is given the item with its etag and returns what to write.
   *
   * @throws StoreError `not-found`, `invalid` when the changed item breaks the schema or has another key,
   *   `precondition-failed` when every attempt was overtaken
   */
  update(
    key: Types["key"],
    change: (
      item: Stored<Types["item"]>,
    ) => Types["input"] | Types["item"] | Promise<Types["input"] | Types["item"]>,
    options?: OperationOptions,
  ): Promise<ItemResult<Types["item"]>>;
}
