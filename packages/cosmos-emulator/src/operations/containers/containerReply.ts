import { type PartitionKeyRange, rangeOf } from "../../partitionKey/partitionKeyRange.ts";
import { sessionToken } from "../../sessionToken.ts";
import type { ContainerEntry } from "../../store/catalog.ts";

/**
 * Headers of every answer about a container. The session token is of one range: that is all that some clients can read
 * where they have asked for no documents. Source: azure-cosmos for Java, SessionTokenHelper.parse.
 *
 * @param lsn up to where the region sees the container's writes
 */
export function containerHeaders(
  container: ContainerEntry,
  lsn = container.documents.lsn(),
): Record<string, string> {
  const first = container.ranges.slice(0, 1);
  return {
    "x-ms-session-token": first.map(({ id }) => sessionToken(id, lsn)).join(),
    "x-ms-alt-content-path": `dbs/${encodeURIComponent(container.database.id)}/colls/${encodeURIComponent(container.id)}`,
    "x-ms-content-path": container.rid,
    lsn: String(lsn),
  };
}

/**
 * Headers of an answer that is the container itself: the paths in it are those of what owns it, the database.
 * Source: azure-cosmos for Java, RxDocumentServiceResponse.getResource, which builds the container's link from them.
 */
export const ownedContainerHeaders = (container: ContainerEntry): Record<string, string> => ({
  ...containerHeaders(container),
  "x-ms-alt-content-path": `dbs/${encodeURIComponent(container.database.id)}`,
  "x-ms-content-path": container.database.rid,
  etag: container.etag,
});

/** Headers of an answer about one physical partition. */
export const rangeHeaders = (
  container: ContainerEntry,
  range: PartitionKeyRange,
  lsn = container.documents.lsn(),
): Record<string, string> => ({
  ...containerHeaders(container, lsn),
  "x-ms-session-token": sessionToken(range.id, lsn),
  "x-ms-documentdb-partitionkeyrangeid": range.id,
});

/** Headers of an answer about some of the physical partitions: of one alone, that one's; of several, all their tokens. */
export function rangesHeaders(
  container: ContainerEntry,
  ranges: readonly PartitionKeyRange[],
): Record<string, string> {
  const [range] = ranges;
  if (range !== undefined && ranges.length === 1) return rangeHeaders(container, range);
  const lsn = container.documents.lsn();
  const token = ranges.map(({ id }) => sessionToken(id, lsn)).join();
  return { ...containerHeaders(container, lsn), "x-ms-session-token": token };
}

/** Headers of an answer about a document, whose effective partition key this is. */
export const documentHeaders = (
  container: ContainerEntry,
  epk: string,
  lsn?: number,
): Record<string, string> => rangeHeaders(container, rangeOf(container.ranges, epk), lsn);

/** The body of a feed of documents or rows, each as JSON. */
export const documentsBody = ({ rid }: ContainerEntry, texts: readonly string[]): string =>
  `{"_rid":${JSON.stringify(rid)},"Documents":[${texts.join()}],"_count":${texts.length}}`;
