import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { StoredDocument } from "../store/storedDocument.ts";
import { findCandidates } from "./candidates.ts";
import { type FeedRange, isInFeedRange } from "./feedRange.ts";
import type { PreparedQuery } from "./page.ts";

/** What a page has loaded. */
export interface Meter {
  loaded: number;
  loadedBytes: number;
}

/** The numbers of the documents that the index finds for a filter; `undefined` when it cannot narrow them down. */
export const indexedCandidates = ({ feedRange, filter }: PreparedQuery): number[] | undefined =>
  isBehind(feedRange) ? undefined : findCandidates(feedRange.container.documents.index, filter);

/**
 * The documents of a feed range that can satisfy the filter, in the order of their numbers.
 *
 * @param indexed what {@link indexedCandidates} finds for the query
 */
export function* documentsAfter(
  query: PreparedQuery,
  after: number,
  meter: Meter,
  indexed: number[] | undefined,
): Generator<StoredDocument, void, undefined> {
  const { feedRange } = query;
  const { documents } = feedRange.container;
  if (isBehind(feedRange)) {
    yield* earlierDocuments(feedRange, after, meter);
    return;
  }
  const candidates = candidateNumbers(feedRange, indexed);
  const found =
    candidates === undefined
      ? documents.scan(after)
      : candidates
          .values()
          .filter((number) => number > after)
          .map((number) => documents.findByNumber(number));
  for (const document of found) {
    if (document === undefined || !isInFeedRange(feedRange, document)) continue;
    if (feedRange.pk !== undefined && "pk" in document && document.pk !== feedRange.pk) continue;
    meter.loaded += 1;
    meter.loadedBytes += document.body.length;
    yield document;
  }
}

/** Whether the region does not see all writes yet: then the index, which knows the latest versions, is no help. */
export const isBehind = ({ view, container }: FeedRange): boolean =>
  view.lsn(container) < container.documents.lsn();

/** All documents of a feed range as a region sees them whose replication lags, in the order of their numbers. */
function* earlierDocuments(
  feedRange: FeedRange,
  after: number,
  meter: Meter,
): Generator<StoredDocument, void, undefined> {
  const { container, view } = feedRange;
  const { documents } = container;
  const current = numbersIn(feedRange).flatMap((number) => {
    const document = documents.findByNumber(number);
    return document === undefined ? [] : (view.versionOf(container, document) ?? []);
  });
  const deleted = view
    .deleted(container)
    .filter(({ pk }) => feedRange.pk === undefined || pk === feedRange.pk);
  const seen = [...current, ...deleted].sort((one, other) => one.number - other.number);
  for (const document of seen) {
    if (document.number <= after || !isInFeedRange(feedRange, document)) continue;
    meter.loaded += 1;
    meter.loadedBytes += document.body.length;
    yield document;
  }
}

const numbersIn = ({ pk, container: { documents } }: FeedRange): number[] =>
  pk === undefined ? Array.from(documents.scan(0), ({ number }) => number) : documents.numbersOf(pk);

/** The narrowest list of numbers that is at hand: of the partition key, or of the index. */
function candidateNumbers(feedRange: FeedRange, indexed: number[] | undefined): number[] | undefined {
  if (feedRange.pk === undefined) return indexed;
  // The list of a narrow index look-up is checked against the key; else the key's own list is.
  if (indexed !== undefined && indexed.length < 1_000) return indexed;
  return feedRange.container.documents.numbersOf(feedRange.pk);
}

/** A document's content. */
export const parseBody = ({ body }: StoredDocument): JsonObject => JSON.parse(body) as JsonObject;
