import { type BulkOptions, type BulkResult, createBulk } from "./bulk/bulk.ts";
import type { Cursors } from "./cursors/cursor.ts";
import type { AnyDefinition } from "./definition/containerDefinition.ts";
import { createDocuments, type ReadCounts } from "./definition/document.ts";
import type { EntityTypes } from "./definition/entityTypes.ts";
import type { StoreError } from "./errors/errors.ts";
import { createChanges } from "./feed/changes.ts";
import type { ChangesPage, ChangesRequest } from "./feed/changesRequest.ts";
import { createList } from "./lists/list.ts";
import type { ListRequest, ListResult } from "./lists/listRequest.ts";
import type { Coalescer } from "./points/coalescer.ts";
import { createPointStore } from "./points/createPointStore.ts";
import type { OperationOptions, PointStore } from "./points/pointStore.ts";
import type { Container } from "./sdk/client.ts";
import { openPartitionRanges } from "./sdk/partitionRanges.ts";

/**
 * A typed container. Every item that is written goes through the definition's schema, once. Every operation rejects with a
 * `StoreError`; each of its requests to Cosmos DB takes 5 seconds at most.
 *
 * @typeParam Types those of the items: `TypesOf<typeof definition>`
 */
export interface Store<Types extends EntityTypes> extends PointStore<Types> {
  /**
   * A page of items. Filters and orders may come from outside: what is not in the schema or not served by an index is
   * refused, and values reach Cosmos DB as parameters only.
   *
   * @throws StoreError `invalid` that names every wrong field, or says what is wrong with the cursor
   * @example
   * const { items } = await store.list({ pk: "ada", where: { total: { gt: 10 } }, orderBy: [["total", "desc"]] });
   */
  list(request?: ListRequest<Types>, options?: OperationOptions): Promise<ListResult<Types["item"]>>;
  /**
   * The change feed, of the whole container or of a partition key, a page at a time: items as they were last written,
   * those of one partition key in the order of their writes. Deletes are not in it. Each page has a cursor, with which
   * any process goes on: what is after it comes, whatever happened to the process, to the network or to the physical
   * partitions, and some of it may come again. Read on when a page is worked on: nothing is read ahead.
   *
   * @throws StoreError `invalid` for a cursor that is cut, altered or of another feed or container; what Cosmos DB's
   *   being away or throttling ends with after the request's `maxOutage`
   */
  changes(request?: ChangesRequest<Types>): AsyncGenerator<ChangesPage<Types["item"]>, void, undefined>;
  /** How often what was read has been checked by the schema, upgraded, or found not to fit, since the store was opened. */
  reads(): ReadCounts;
  /**
   * Upserts what a source gives, as fast as Cosmos DB takes it, and says of each item what became of it, in the source's
   * order: its new etag, or why it was refused. Each is put through the schema. It holds no more than
   * `concurrency` items, and no more than 16 MB and one item, and takes more from the source when results are taken.
   * While Cosmos DB throttles or is away it waits, as long as it is told to. Of items with the same key the later one is written later. A run that was cut is gone on
   * with at `resumeAt`; what was on its way may then be written twice, with the same outcome.
   *
   * @throws StoreError `throttled` or `unavailable` after the maxOutage, `misconfigured`; and what the source throws, after
   *   the results of what it gave before
   */
  bulk(
    source: Iterable<Types["input"]> | AsyncIterable<Types["input"]>,
    options?: BulkOptions,
  ): AsyncGenerator<BulkResult, void, undefined>;
}

/** The typed store of a container, on the queue that sends its operations. */
export function createStore<Types extends EntityTypes>(
  coalescer: Coalescer,
  container: Container,
  definition: AnyDefinition,
  cursors: Cursors,
  onUnfit?: (error: StoreError) => void,
): Store<Types> {
  const documents = createDocuments<Types["item"]>(definition, onUnfit);
  const source = { container, definition, documents, cursors };
  return {
    ...createPointStore<Types>(coalescer.submit, definition, documents),
    reads: documents.counts,
    bulk: createBulk(coalescer.submit, definition, documents),
    list: createList<Types["item"]>({ ...source, ranges: openPartitionRanges(container) }),
    changes: createChanges<Types["item"]>(source),
  };
}
