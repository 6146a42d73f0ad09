import type { ItemDefinition } from "@azure/cosmos";
import { compileFilter, compilePath, writeLiteral } from "./compileFilter.ts";
import { fromAnswer, fromSdkError } from "./cosmosFailure.ts";
import { refuseReserved } from "./cursorKey.ts";
import { withinDeadline } from "./deadline.ts";
import type { AnyDefinition, ItemBase } from "./defineContainer.ts";
import { type Documents, quotedEtag, type Stored, versionField } from "./document.ts";
import { type FieldProblem, StoreError } from "./errors.ts";
import { type Filter, type FilterNode, readFilter } from "./filter.ts";
import { inOrder } from "./inOrder.ts";
import { fieldProblems, invalidInput } from "./invalidInput.ts";
import { type PointKey, pointKeyReader } from "./itemKey.ts";
import { type Patch, readPatch } from "./patch.ts";
import type { PointAnswer, PointOperation } from "./pointOperation.ts";
import { pause, waitBefore } from "./retryWait.ts";

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
  /** Writes only over the version that has this etag; else `precondition-failed`. */
  readonly ifMatch?: string | undefined;
}

/** Options of a patch. */
export interface PatchOptions<Item> extends WriteOptions {
  /** Changes only an item for which this holds; else `precondition-failed`. */
  readonly where?: Filter<Item> | undefined;
}

/** Operations on single items. */
export interface PointStore<Item extends ItemBase, Key extends { readonly id: string }> {
  /** Point read. @throws StoreError `not-found` */
  get(key: Key, options?: OperationOptions): Promise<ItemResult<Item>>;
  /**
   * Point reads of any number of items, put together into batches.
   *
   * @returns an answer for each key, in their order; a failure of one is its answer
   */
  getMany(keys: readonly Key[], options?: OperationOptions): Promise<GetAnswer<Item>[]>;
  /**
   * Writes an item whether it is there or not; with `ifMatch` only over that version of it.
   *
   * @throws StoreError `too-large`, `precondition-failed`
   */
  upsert(item: Item, options?: WriteOptions): Promise<ItemResult<Item>>;
  /** Writes an item that is not there. @throws StoreError `conflict`, `too-large` */
  create(item: Item, options?: OperationOptions): Promise<ItemResult<Item>>;
  /** Writes over an item that is there. @throws StoreError `not-found`, `precondition-failed`, `too-large` */
  replace(item: Item, options?: WriteOptions): Promise<ItemResult<Item>>;
  /**
   * Changes parts of an item that is there, without reading it first. Paths and values are checked before, the item as
   * it came out afterwards: what only the whole shows (a rule over two fields, a sum that is too high) is refused when
   * it is written already.
   *
   * @throws StoreError `not-found`, `precondition-failed`, `invalid`
   */
  patch(key: Key, patch: Patch<Item>, options?: PatchOptions<Item>): Promise<ItemResult<Item>>;
  /** @throws StoreError `not-found`, `precondition-failed` */
  delete(key: Key, options?: WriteOptions): Promise<{ readonly requestCharge: number }>;
  /**
   * Reads an item, changes it, and writes it over the version that was read. When somebody else has written in between
   * it starts again, up to 10 times. `change` is given the item with its etag and returns what to write.
   *
   * @throws StoreError `not-found`, `invalid` when the changed item breaks the schema or has another key,
   *   `precondition-failed` when every attempt was overtaken
   */
  update(
    key: Key,
    change: (item: Stored<Item>) => Item | Promise<Item>,
    options?: OperationOptions,
  ): Promise<ItemResult<Item>>;
}

/** Sends an operation. */
export type Submit = (operation: PointOperation, signal: AbortSignal) => Promise<PointAnswer>;

/** Keys of `getMany` that are on their way at once: enough to fill the batches of several physical partitions. */
const readsAtOnce = 1_000;

/** Attempts of an update that others overtake. */
const maxUpdates = 10;

const preconditionFailed = 412;

/** Makes the operations on single items of a container. */
export function createPointStore<Item extends ItemBase, Key extends { readonly id: string }>(
  submit: Submit,
  definition: AnyDefinition,
  documents: Documents<Item>,
): PointStore<Item, Key> {
  const readKey = pointKeyReader(definition);
  const { version = 1, schema } = definition;

  function keyOf(key: { readonly id: string }): PointKey {
    const read = readKey(key);
    refuseReserved(read.id);
    return read;
  }

  async function send(signal: AbortSignal | undefined, operation: PointOperation): Promise<PointAnswer> {
    const answer = await withinDeadline(signal, (ended) => submit(operation, ended)).catch(
      (error: unknown) => {
        if (signal?.aborted === true) throw signal.reason;
        throw fromSdkError(error);
      },
    );
    if (answer.status >= 400) throw fromAnswer(answer);
    return answer;
  }

  async function run(signal: AbortSignal | undefined, operation: PointOperation): Promise<ItemResult<Item>> {
    const { document, requestCharge } = await send(signal, operation);
    return { item: documents.read(document as ItemDefinition), requestCharge };
  }

  const get = async (key: Key, { signal }: OperationOptions = {}): Promise<ItemResult<Item>> =>
    run(signal, { kind: "read", key: keyOf(key) });

  /** Says what a failed write met: the etag that would have matched, when it can be found. */
  async function explain(key: PointKey, failure: unknown, isConditional: boolean): Promise<unknown> {
    if (!(failure instanceof StoreError) || failure.reason !== "precondition-failed") return failure;
    const current = await run(undefined, { kind: "read", key }).catch(() => undefined);
    const details = {
      ...failure,
      currentEtag: current?.item.etag,
      requestCharge: (failure.requestCharge ?? 0) + (current?.requestCharge ?? 0),
    };
    const message = isConditional
      ? "The item does not fulfil the condition, or has changed since its etag was read."
      : mismatch(current === undefined);
    return new StoreError("precondition-failed", message, details, failure.cause);
  }

  /** A write over what is there, on the condition of its version. */
  async function over(signal: AbortSignal | undefined, operation: PointOperation): Promise<ItemResult<Item>> {
    try {
      return await run(signal, operation);
    } catch (error) {
      throw await explain(operation.key, error, false);
    }
  }

  function writing(item: Item): { key: PointKey; body: ItemDefinition; size: number } {
    const written = documents.write(item);
    return { key: keyOf(item), ...written };
  }

  async function patch(
    key: Key,
    changes: Patch<Item>,
    { ifMatch, where, signal }: PatchOptions<Item> = {},
  ): Promise<ItemResult<Item>> {
    const point = keyOf(key);
    const { steps, condition } = readPatchRequest(definition, changes, where);
    const operation = {
      kind: "patch" as const,
      key: point,
      steps,
      ...(condition === undefined ? {} : { condition: `FROM c WHERE ${condition}` }),
      size: Buffer.byteLength(JSON.stringify([steps, condition])),
      ...(ifMatch === undefined ? {} : { ifMatch: quotedEtag(ifMatch) }),
    };
    let answer: PointAnswer;
    try {
      answer = await send(signal, operation);
    } catch (error) {
      const isRefused = error instanceof StoreError && error.status === preconditionFailed;
      if (version > 1 && isRefused && (await renew(point, ifMatch, signal))) {
        return patch(key, changes, { where, signal });
      }
      throw await explain(point, error, where !== undefined);
    }
    const item = documents.read(answer.document as ItemDefinition);
    const { etag, updatedAt, ...bare } = item;
    const checked = schema.safeParse(bare);
    if (!checked.success) {
      const fields = fieldProblems(checked.error);
      throw invalidInput("The patch was made, and the item breaks its schema now", fields);
    }
    return { item, requestCharge: answer.requestCharge };
  }

  /** Writes an item of an older version in the new form: patches are made of that. @returns whether it was one */
  async function renew(
    key: PointKey,
    ifMatch: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { document } = await send(signal, { kind: "read", key });
    if (document === undefined || !documents.isOld(document)) return false;
    const current = String((document as { _etag?: unknown })._etag);
    if (ifMatch !== undefined && ifMatch !== "*" && quotedEtag(ifMatch) !== current) return false;
    const { etag, updatedAt, ...item } = documents.read(document);
    const written = documents.write(item as unknown as Item);
    try {
      await send(signal, { kind: "replace", key, ...written, ifMatch: current });
    } catch (error) {
      // Somebody else was faster: then it is in the new form, or the next attempt sees.
      if (!(error instanceof StoreError) || error.status !== preconditionFailed) throw error;
    }
    return true;
  }

  return {
    get,
    async getMany(keys, { signal } = {}) {
      const answers: GetAnswer<Item>[] = [];
      const read = (key: Key): Promise<GetAnswer<Item>> =>
        get(key, { signal }).catch((error: unknown) => {
          if (!(error instanceof StoreError)) throw error;
          return { error, requestCharge: error.requestCharge ?? 0 };
        });
      for await (const answer of inOrder(keys, { atOnce: readsAtOnce }, read)) answers.push(answer);
      return answers;
    },
    async upsert(item, { ifMatch, signal } = {}) {
      const written = writing(item);
      if (ifMatch === undefined) return run(signal, { kind: "upsert", ...written });
      // The service's own upsert ignores If-Match for an item that is not there, and creates it.
      try {
        return await over(signal, { kind: "replace", ...written, ifMatch: quotedEtag(ifMatch) });
      } catch (error) {
        if (!(error instanceof StoreError) || error.reason !== "not-found") throw error;
        throw new StoreError("precondition-failed", mismatch(true), error, error);
      }
    },
    create: async (item, { signal } = {}) => run(signal, { kind: "create", ...writing(item) }),
    replace: async (item, { ifMatch, signal } = {}) =>
      over(signal, { kind: "replace", ...writing(item), ...conditionOf(ifMatch) }),
    patch,
    async delete(key, { ifMatch, signal } = {}) {
      const operation: PointOperation = { kind: "delete", key: keyOf(key), ...conditionOf(ifMatch) };
      try {
        return { requestCharge: (await send(signal, operation)).requestCharge };
      } catch (error) {
        throw await explain(operation.key, error, false);
      }
    },
    async update(key, change, { signal } = {}) {
      const point = keyOf(key);
      for (let attempt = 1, requestCharge = 0; ; attempt += 1) {
        const read = await get(key, { signal });
        requestCharge += read.requestCharge;
        const written = writing(changed(await change(read.item), point));
        try {
          const { etag } = read.item;
          const result = await run(signal, { kind: "replace", ...written, ifMatch: quotedEtag(etag) });
          return { ...result, requestCharge: requestCharge + result.requestCharge };
        } catch (error) {
          const isOvertaken = error instanceof StoreError && error.status === preconditionFailed;
          if (!isOvertaken || attempt === maxUpdates) throw await explain(point, error, false);
          requestCharge += error.requestCharge ?? 0;
          await pause(waitBefore(attempt), signal);
        }
      }
    },
  };

  /** What an update made of an item, by its schema. */
  function changed(item: Item, point: PointKey): Item {
    const { etag, updatedAt, ...bare } = item as Item & Partial<Stored<unknown>>;
    const checked = schema.safeParse(bare);
    if (!checked.success)
      throw invalidInput("The changed item breaks its schema", fieldProblems(checked.error));
    const result = checked.data as unknown as Item;
    if (JSON.stringify(readKey(result)) === JSON.stringify(point)) return result;
    throw invalidInput("An update cannot change what names the item", [
      {
        path: "id",
        message: "has to stay, and the partition key too: create the other item and delete this one.",
      },
    ]);
  }
}

const conditionOf = (ifMatch: string | undefined) =>
  ifMatch === undefined ? {} : { ifMatch: quotedEtag(ifMatch) };

const mismatch = (isGone: boolean): string =>
  isGone
    ? "The item that ifMatch names a version of is not there."
    : "The item has changed since that etag was read: read it again, then write with its new etag.";

/** A patch's steps, and its condition in Cosmos SQL. @throws StoreError `invalid` that names every wrong field */
function readPatchRequest<Item>(
  definition: AnyDefinition,
  patch: Patch<Item>,
  where: Filter<Item> | undefined,
) {
  const steps = readPatch(definition, patch);
  const filter: FilterNode | FieldProblem[] | undefined =
    where === undefined ? undefined : readFilter(definition, where);
  const problems = [
    ...steps.filter((step) => "message" in step),
    ...(Array.isArray(filter)
      ? filter.map(({ path, message }) => ({ path: path === "" ? "where" : `where.${path}`, message }))
      : []),
  ];
  if (problems.length > 0) throw invalidInput("The patch cannot be made", problems);
  const { version = 1 } = definition;
  const conditions = [
    ...(filter === undefined ? [] : [compileFilter(filter as FilterNode, writeLiteral)]),
    // Paths are those of the schema's own version.
    ...(version === 1 ? [] : [`${compilePath([versionField])} = ${version}`]),
  ];
  return {
    steps: steps as Exclude<(typeof steps)[number], FieldProblem>[],
    condition: conditions.length === 0 ? undefined : conditions.join(" AND "),
  };
}
