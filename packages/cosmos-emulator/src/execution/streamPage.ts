import { allowance, counts, type Page, type Position, type PreparedQuery } from "./page.ts";
import { createPageFiller } from "./pageFiller.ts";
import { documentsAfter, indexedCandidates, type Meter, parseBody } from "./scannedDocuments.ts";

/** Documents that one page looks at, at most: a longer scan answers with what it has and a continuation. */
const maxScanned = 20_000;

/** And the work that it does, in the units of the query's own bound: far enough below that for the next document. */
const maxPageWork = 10_000_000;

/** A page of a query whose rows come as the documents do: the next begins where this one ended. */
export function streamPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled } = query;
  const meter: Meter = { loaded: 0, loadedBytes: 0 };
  const filler = createPageFiller(size);
  const { texts } = filler;
  let { skip, take } = allowance(query, position);
  const page = (next: Position | undefined): Page => ({
    texts,
    outputBytes: filler.bytes,
    next:
      next === undefined || take <= 0
        ? undefined
        : { ...next, ...counts(position, query, skip, texts.length) },
    ...meter,
    isIndexed: query.filter.kind !== "all",
  });
  if (take <= 0) return page(undefined);
  // The document that the last page ended in may have more rows.
  const start = (position.n ?? 0) - (position.r === undefined ? 0 : 1);
  for (const document of documentsAfter(query, start, meter, indexedCandidates(query))) {
    const given = document.number === position.n ? (position.r ?? 0) : 0;
    let index = -1;
    let isFull = false;
    compiled.visitRows(parseBody(document), (row) => {
      index += 1;
      if (index < given) return false;
      if (skip > 0) {
        skip -= 1;
        return false;
      }
      isFull = !filler.add(JSON.stringify(row));
      if (!isFull) take -= 1;
      return isFull || take <= 0;
    });
    if (isFull) return page({ n: document.number, r: index });
    if (take <= 0) return page(undefined);
    if (meter.loaded >= maxScanned || compiled.work.consumed >= maxPageWork)
      return page({ n: document.number });
  }
  return page(undefined);
}
