import type { OrderedRow } from "@cosmos-trpc/cosmos-sql";
import type { Json, Value } from "@cosmos-trpc/cosmos-sql/json";
import { badRequest } from "../serviceError.ts";
import type { StoredDocument } from "../store/storedDocument.ts";
import { bindingOf } from "./continuation.ts";
import type { Position, PreparedQuery } from "./page.ts";
import { type Meter, parseBody } from "./scannedDocuments.ts";

/** A row with its place in the order: its keys, then its document, then its place in the document. */
export interface PlacedRow extends OrderedRow {
  readonly number: number;
  readonly index: number;
}

/** The search for the rows of a page of ORDER BY. */
export interface OrderedSearch {
  readonly query: PreparedQuery;
  /** What the index finds for the filter. */
  readonly candidates: number[] | undefined;
  /** The row that the page before ended at: only rows behind it are looked for. */
  readonly last: PlacedRow | undefined;
  /** How many rows are looked for. */
  readonly wanted: number;
  readonly meter: Meter;
  /** The rows of a document that are behind the last one. */
  rowsOf(document: StoredDocument): PlacedRow[];
  compare(one: PlacedRow, other: PlacedRow): number;
}

/** Characters of ORDER BY values that a token holds: it travels in a header, of which clients take 16 KB. */
const maxKeyLength = 1_024;

/** ORDER BY values as a token has them. Of arrays and objects the order knows only that they are such. */
const writtenKeys = (keys: readonly Value[]): Json[][] =>
  keys.map((key): Json[] => {
    if (key === undefined) return [];
    if (typeof key !== "object" || key === null) return [key];
    return Array.isArray(key) ? [[]] : [{}];
  });

/** The ORDER BY values of a row for a token. */
export function writeKeys({ snapshots }: PreparedQuery, keys: readonly Value[]): Position {
  const k = writtenKeys(keys);
  return JSON.stringify(k).length > maxKeyLength ? { m: snapshots.keep(k), h: bindingOf(k) } : { k };
}

/** The row that the page before a position ended at. */
export function lastRow(query: PreparedQuery, position: Position): PlacedRow | undefined {
  const { n, r, k, m } = position;
  if (n === undefined) return undefined;
  const kept = m === undefined ? k : ((query.snapshots.find(m) as Position["k"]) ?? keysAt(query, position));
  return kept && { keys: kept.map(([key]) => key), row: null, number: n, index: r ?? 0 };
}

/** The ORDER BY values of the row that a page ended at, from its document: after a restart, for one. */
function keysAt({ feedRange, compiled }: PreparedQuery, { n = 0, r = 0, h }: Position): Json[][] {
  const document = feedRange.container.documents.findByNumber(n);
  const row = document === undefined ? undefined : compiled.orderedRowsOf(parseBody(document))[r];
  const keys = row && writtenKeys(row.keys);
  if (keys === undefined || bindingOf(keys) !== h) {
    throw badRequest(
      "The continuation token is of an earlier run of the emulator, and the document that its page ended at has changed since: start the query again.",
    );
  }
  return keys;
}
