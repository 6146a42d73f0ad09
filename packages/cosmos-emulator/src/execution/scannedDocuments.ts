import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { StoredDocument } from "../store/storedDocument.ts";
import { findCandidates } from "./candidates.ts";
import type { PreparedQuery } from "./page.ts";
import { isInScope, type Scope } from "./scope.ts";

/** What a page has loaded. */
export interface Meter {
  loaded: number;
  loadedBytes: number;
}

/** The numbers of the documents that the index finds for a filter; `undefined` when it cannot narrow them down. */
export const indexedCandidates = ({ scope, filter }: PreparedQuery): number[] | undefined =>
  isBehind(scope) ? undefined : findCandidates(scope.container.documents.index, filter);

/** The documents of a scope that can satisfy the filter, in the order of their numbers. */
export function* documentsAfter(
  query: PreparedQuery,
  after: number,
  meter: Meter,
  indexed = indexedCandidates(query),
): Generator<StoredDocument, void, undefined> {
  const { scope } = query;
  const { documents } = scope.container;
  if (isBehind(scope)) {
    yield* earlierDocuments(scope, after, meter);
    return;
  }
  const candidates = candidateNumbers(scope, indexed);
  const found =
    candidates === undefined
      ? documents.scan(after)
      : candidates
          .values()
          .filter((number) => number > after)
          .map((number) => documents.findByNumber(number));
  for (const document of found) {
    if (document === undefined || !isInScope(scope, document)) continue;
    if (scope.pk !== undefined && "pk" in document && document.pk !== scope.pk) continue;
    meter.loaded += 1;
    meter.loadedBytes += document.body.length;
    yield document;
  }
}

/** Whether the region does not see all writes yet: then the index, which knows the latest versions, is no help. */
export const isBehind = ({ view, container }: Scope): boolean =>
  view.lsn(container) < container.documents.lsn();

/** All documents of a scope as a region sees them whose replication lags, in the order of their numbers. */
function* earlierDocuments(
  scope: Scope,
  after: number,
  meter: Meter,
): Generator<StoredDocument, void, undefined> {
  const { container, view } = scope;
  const { documents } = container;
  const current = numbersIn(scope).flatMap((number) => {
    const document = documents.findByNumber(number);
    return document === undefined ? [] : (view.versionOf(container, document) ?? []);
  });
  const deleted = view.deleted(container).filter(({ pk }) => scope.pk === undefined || pk === scope.pk);
  const seen = [...current, ...deleted].sort((one, other) => one.number - other.number);
  for (const document of seen) {
    if (document.number <= after || !isInScope(scope, document)) continue;
    meter.loaded += 1;
    meter.loadedBytes += document.body.length;
    yield document;
  }
}

const numbersIn = ({ pk, container: { documents } }: Scope): number[] =>
  pk === undefined ? Array.from(documents.scan(0), ({ number }) => number) : documents.numbersOf(pk);

/** The narrowest list of numbers that is at hand: of the partition key, or of the index. */
function candidateNumbers(scope: Scope, indexed: number[] | undefined): number[] | undefined {
  if (scope.pk === undefined) return indexed;
  // The list of a narrow index look-up is checked against the key; else the key's own list is.
  if (indexed !== undefined && indexed.length < 1_000) return indexed;
  return scope.container.documents.numbersOf(scope.pk);
}

/** A document's content. */
export const parseBody = ({ body }: StoredDocument): JsonObject => JSON.parse(body) as JsonObject;
