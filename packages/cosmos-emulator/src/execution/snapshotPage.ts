import type { Page, Position, PreparedQuery } from "./page.ts";
import { createPageFiller } from "./pageFiller.ts";
import { documentsAfter, indexedCandidates, type Meter, parseBody } from "./scannedDocuments.ts";

/** A page of rows that each depend on all documents: they are computed once and handed out page by page. */
export function snapshotPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled, snapshots } = query;
  const meter: Meter = { loaded: 0, loadedBytes: 0 };
  let name = position.s;
  let rows = name === undefined ? undefined : snapshots.find(name);
  if (rows === undefined) {
    rows = [...compiled.run(documentsAfter(query, 0, meter, indexedCandidates(query)).map(parseBody))];
    name = undefined;
  }
  const given = position.a ?? 0;
  const filler = createPageFiller(size);
  const { texts } = filler;
  for (const row of rows.slice(given, given + size)) {
    if (!filler.add(JSON.stringify(row))) break;
  }
  const end = given + texts.length;
  const next = end < rows.length ? { s: name ?? snapshots.keep(rows), a: end } : undefined;
  return { texts, outputBytes: filler.bytes, next, ...meter, isIndexed: query.filter.kind !== "all" };
}
