import type { StoredDocument } from "../store/storedDocument.ts";
import { indexOrder } from "./indexOrder.ts";
import { allowance, counts, type Page, type Position, type PreparedQuery } from "./page.ts";
import { createPageFiller } from "./pageFiller.ts";
import { lastRow, type OrderedSearch, type PlacedRow, writeKeys } from "./placedRow.ts";
import { documentsAfter, indexedCandidates, type Meter, parseBody } from "./scannedDocuments.ts";

/** A page of ORDER BY: the next begins after the last row's place in the order. */
export function orderedPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled } = query;
  const meter: Meter = { loaded: 0, loadedBytes: 0 };
  const { skip, take } = allowance(query, position);
  const compare = (one: PlacedRow, other: PlacedRow): number =>
    compiled.compareKeys(one.keys, other.keys) ||
    (query.isReversed ? other.number - one.number : one.number - other.number) ||
    one.index - other.index;
  const last = lastRow(query, position);
  const isAfter = (row: PlacedRow): boolean => last === undefined || compare(row, last) > 0;
  // One more than the page has, to know whether there are more.
  const wanted = skip + Math.min(size, take) + 1;

  const rowsOf = (document: StoredDocument): PlacedRow[] =>
    compiled
      .orderedRowsOf(parseBody(document))
      .map((row, index) => ({ ...row, number: document.number, index }))
      .filter(isAfter);
  const candidates = indexedCandidates(query);
  const search: OrderedSearch = { query, candidates, last, wanted, meter, rowsOf, compare };
  const scanned = indexOrder(search);
  const best = scanned ?? smallest(search);

  const filler = createPageFiller(size);
  const { texts } = filler;
  let end: PlacedRow | undefined;
  for (const row of best.slice(skip, skip + Math.min(size, take))) {
    if (!filler.add(JSON.stringify(row.row))) break;
    end = row;
  }
  const hasMore = best.length > skip + texts.length && texts.length < take;
  const next =
    end === undefined || !hasMore
      ? undefined
      : {
          n: end.number,
          r: end.index,
          ...writeKeys(query, end.keys),
          ...counts(position, query, 0, texts.length),
        };
  const isIndexed = scanned !== undefined || query.filter.kind !== "all";
  return { texts, outputBytes: filler.bytes, next, ...meter, isIndexed };
}

/** The first `wanted` rows of all that match, kept sorted while the documents pass by. */
function smallest({ query, candidates, wanted, meter, rowsOf, compare }: OrderedSearch): PlacedRow[] {
  let kept: PlacedRow[] = [];
  for (const document of documentsAfter(query, 0, meter, candidates)) {
    for (const row of rowsOf(document)) kept.push(row);
    // Cut now and then, not at every row: the sort is paid once for many.
    if (kept.length >= 4 * wanted + 1_000) kept = kept.sort(compare).slice(0, wanted);
  }
  return kept.sort(compare).slice(0, wanted);
}
