/**
 * The model of request charges, in request units (RU).
 *
 * Sources: Learn, "Request Units in Azure Cosmos DB" (a point read of 1 KB is 1 RU, of 100 KB 10 RU) and "Optimize
 * request cost" (a write of 1 KB is 5 RU, of 100 KB 50 RU; a replace costs about twice what the insert cost).
 * Between those two points a charge grows linearly with the size, which is that of what the client wrote.
 */
const perKilobyte = 9 / 99;
/** Bytes of `_rid`, `_self`, `_etag`, `_attachments` and `_ts`, which every stored document has beside what was written. */
const systemProperties = 205;
const bySize = (bytes: number): number =>
  Math.max(1, 1 + ((bytes - systemProperties) / 1024 - 1) * perKilobyte);
const round = (charge: number): number => Math.round(charge * 100) / 100;

/** What a page of a query did. */
interface QueryWork {
  /** Documents that were loaded. */
  readonly loaded: number;
  readonly loadedBytes: number;
  readonly outputBytes: number;
}

/** RU for each request charge that this emulator reports. */
export const charge = {
  /** A read of the account, a database, a container or its ranges. */
  metadata: 1,
  /** A change of a database or a container. */
  metadataWrite: 4.95,
  /** A point read that finds nothing, or a document that the client has. */
  pointReadMiss: 1,
  /** A point read of a stored document of that many bytes. */
  pointRead: (bytes: number): number => round(bySize(bytes)),
  /** A create, or an upsert that creates. */
  create: (bytes: number): number => round(5 * bySize(bytes)),
  /** A replace, or an upsert that replaces: the old version leaves the index and the new one enters it. */
  replace: (bytes: number): number => round(10 * bySize(bytes)),
  /** A delete of a document of that many bytes. */
  delete: (bytes: number): number => round(5 * bySize(bytes)),
  /**
   * One page of a query: a fixed part for its compilation and the index look-up, and a part for what was loaded to
   * answer it: what the index could not narrow down costs as much as what is returned.
   */
  query: ({ loaded, loadedBytes, outputBytes }: QueryWork): number =>
    round(2.25 + 0.02 * loaded + (0.03 * loadedBytes) / 1024 + (0.02 * outputBytes) / 1024),
  /**
   * A page of the change feed with documents of that many bytes in all: 1 RU to look, and the bytes as in point reads.
   * Learn ("Reading from the change feed") publishes no figure, only that each read is charged, with changes or not.
   */
  changeFeed: (bytes: number): number => round(1 + (bytes / 1024) * perKilobyte),
  /** A read or write that is refused, in a request of its own or in a batch: the look-up that it took to refuse it. */
  refused: 1,
} as const;
