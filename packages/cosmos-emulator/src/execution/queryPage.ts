import type { Json, JsonObject, Value } from "../json.ts";
import type { CompiledQuery, OrderedRow } from "../query/compileQuery.ts";
import type { IndexableFilter } from "../query/filter.ts";
import { badRequest } from "../serviceError.ts";
import type { StoredDocument } from "../store/storedDocument.ts";
import type { IndexEntry } from "../store/termIndex.ts";
import { encodeValue, isInexact, typeMark } from "../store/terms.ts";
import { findCandidates, pathText } from "./candidates.ts";
import { bindingOf } from "./continuation.ts";
import { createPageFiller } from "./pageFiller.ts";
import { isInScope, type Scope } from "./scope.ts";
import type { Snapshots } from "./snapshots.ts";

/** A query that is ready to run over a scope. */
export interface PreparedQuery {
  readonly scope: Scope;
  readonly compiled: CompiledQuery;
  /** What the index can narrow down. */
  readonly filter: IndexableFilter;
  /** The one path that ORDER BY sorts by, when an index scan can give its order. */
  readonly order: { readonly path: readonly string[]; readonly descending: boolean } | undefined;
  /**
   * Whether rows that ORDER BY finds equal come with the last document first: where a key is descending. Clients that
   * go on with a merged order rely on it. Sources: `@azure/cosmos`, RidSkipCountFilter.js; azure-cosmos-dotnet-v3,
   * CosmosQueryExecutionInfo.cs.
   */
  readonly isReversed: boolean;
  readonly snapshots: Snapshots;
}

/** Where a page begins. Written into continuation tokens, hence the short names. */
export interface Position {
  /** The document that the page before ended at, and how many rows of it were given. */
  readonly n?: number;
  readonly r?: number;
  /** The ORDER BY values of the last row given, each in an array of its own: an undefined one's is empty. */
  readonly k?: readonly (readonly Json[])[];
  /** In their place, for values that are too long for a token: the snapshot that has them, and their hash. */
  readonly m?: string;
  readonly h?: string;
  /** Rows passed over for OFFSET, and rows given. */
  readonly o?: number;
  readonly t?: number;
  /** The snapshot, and the rows of it that were given. */
  readonly s?: string;
  readonly a?: number;
}

/** What a page has and cost. */
export interface Page {
  /** The rows as JSON. */
  readonly texts: readonly string[];
  /** UTF-8 bytes of them. */
  readonly outputBytes: number;
  /** Where the next page begins; `undefined` after the last. */
  readonly next: Position | undefined;
  /** Documents that were loaded, and their bytes. */
  readonly loaded: number;
  readonly loadedBytes: number;
  /** Whether the index narrowed the documents down. */
  readonly isIndexed: boolean;
}

/** Documents that one page looks at, at most: a longer scan answers with what it has and a continuation. */
const maxScanned = 20_000;

/** And the work that it does, in the units of the query's own bound: far enough below that for the next document. */
const maxPageWork = 10_000_000;

interface Meter {
  loaded: number;
  loadedBytes: number;
}

/** Runs a query for one page of up to `size` rows. */
export function runPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled } = query;
  if (compiled.kind === "grouped" || compiled.distinct || compiled.isConstant)
    return snapshotPage(query, position, size);
  return compiled.kind === "ordered" ? orderedPage(query, position, size) : streamPage(query, position, size);
}

/** The documents of a scope that can satisfy the filter, in the order of their numbers. */
function* documentsAfter(
  { scope, filter }: PreparedQuery,
  after: number,
  meter: Meter,
): Generator<StoredDocument, void, undefined> {
  const { documents } = scope.container;
  if (isBehind(scope)) {
    yield* earlierDocuments(scope, after, meter);
    return;
  }
  const candidates = candidateNumbers(scope, filter);
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
const isBehind = ({ view, container }: Scope): boolean => view.lsn(container) < container.documents.lsn();

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
function candidateNumbers(scope: Scope, filter: IndexableFilter): number[] | undefined {
  const indexed = findCandidates(scope.container.documents.index, filter);
  if (scope.pk === undefined) return indexed;
  // The list of a narrow index look-up is checked against the key; else the key's own list is.
  if (indexed !== undefined && indexed.length < 1_000) return indexed;
  return scope.container.documents.numbersOf(scope.pk);
}

const parse = ({ body }: StoredDocument): JsonObject => JSON.parse(body) as JsonObject;

/** How many rows OFFSET, TOP and LIMIT still allow. */
function allowance({ compiled }: PreparedQuery, { o = 0, t = 0 }: Position): { skip: number; take: number } {
  return { skip: Math.max(0, compiled.offset - o), take: compiled.limit - t };
}

function streamPage(query: PreparedQuery, position: Position, size: number): Page {
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
  for (const document of documentsAfter(query, start, meter)) {
    const given = document.number === position.n ? (position.r ?? 0) : 0;
    let index = -1;
    let isFull = false;
    compiled.visitRows(parse(document), (row) => {
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
    if (meter.loaded >= maxScanned || compiled.work.spent >= maxPageWork) return page({ n: document.number });
  }
  return page(undefined);
}

function counts(position: Position, { compiled }: PreparedQuery, skip: number, given: number): Position {
  return {
    ...(compiled.offset === 0 ? {} : { o: compiled.offset - skip }),
    ...(compiled.limit === Number.POSITIVE_INFINITY ? {} : { t: (position.t ?? 0) + given }),
  };
}

/** A row with its place in the order: its keys, then its document, then its place in the document. */
interface PlacedRow extends OrderedRow {
  readonly number: number;
  readonly index: number;
}

function orderedPage(query: PreparedQuery, position: Position, size: number): Page {
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
      .orderedRowsOf(parse(document))
      .map((row, index) => ({ ...row, number: document.number, index }))
      .filter(isAfter);
  const scanned = indexOrder(query, last, wanted, meter, rowsOf, compare);
  const best = scanned ?? smallest(query, wanted, meter, rowsOf, compare);

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
function writeKeys({ snapshots }: PreparedQuery, keys: readonly Value[]): Position {
  const k = writtenKeys(keys);
  return JSON.stringify(k).length > maxKeyLength ? { m: snapshots.keep(k), h: bindingOf(k) } : { k };
}

function lastRow(query: PreparedQuery, position: Position): PlacedRow | undefined {
  const { n, r, k, m } = position;
  if (n === undefined) return undefined;
  const kept = m === undefined ? k : ((query.snapshots.find(m) as Position["k"]) ?? keysAt(query, position));
  return kept && { keys: kept.map(([key]) => key), row: null, number: n, index: r ?? 0 };
}

/** The ORDER BY values of the row that a page ended at, from its document: after a restart, for one. */
function keysAt({ scope, compiled }: PreparedQuery, { n = 0, r = 0, h }: Position): Json[][] {
  const document = scope.container.documents.findByNumber(n);
  const row = document === undefined ? undefined : compiled.orderedRowsOf(parse(document))[r];
  const keys = row && writtenKeys(row.keys);
  if (keys === undefined || bindingOf(keys) !== h) {
    throw badRequest(
      "The continuation token is of an earlier run of the emulator, and the document that its page ended at has changed since: start the query again.",
    );
  }
  return keys;
}

/** The first `wanted` rows of all that match, kept sorted while the documents pass by. */
function smallest(
  query: PreparedQuery,
  wanted: number,
  meter: Meter,
  rowsOf: (document: StoredDocument) => PlacedRow[],
  compare: (one: PlacedRow, other: PlacedRow) => number,
): PlacedRow[] {
  let kept: PlacedRow[] = [];
  for (const document of documentsAfter(query, 0, meter)) {
    kept.push(...rowsOf(document));
    // Cut now and then, not at every row: the sort is paid once for many.
    if (kept.length >= 4 * wanted + 1_000) kept = kept.sort(compare).slice(0, wanted);
  }
  return kept.sort(compare).slice(0, wanted);
}

/** Documents that an index scan may load in vain before sorting the candidates is the better bet. */
const maxWasted = 5_000;

/**
 * The first `wanted` rows by walking the index in the order of the one ORDER BY path; `undefined` when the index cannot
 * give that order, or when the WHERE lets so little through that sorting what the index finds for it is cheaper.
 */
function indexOrder(
  query: PreparedQuery,
  last: PlacedRow | undefined,
  wanted: number,
  meter: Meter,
  rowsOf: (document: StoredDocument) => PlacedRow[],
  compare: (one: PlacedRow, other: PlacedRow) => number,
): PlacedRow[] | undefined {
  const { scope, order } = query;
  const { documents } = scope.container;
  const path = order === undefined ? undefined : pathText(order.path);
  if (order === undefined || path === undefined || scope.pk !== undefined || isBehind(scope))
    return undefined;
  const few = findCandidates(documents.index, query.filter);
  if (few !== undefined && few.length < 2_000) return undefined;
  // Documents without the path have no term; ones that are not indexed, and odd strings, have no place.
  if (!documents.index.isComplete(path) || documents.index.unindexed().length > 0) return undefined;
  if (documents.index.count(path) !== documents.count()) return undefined;

  const direction = order.descending ? "DESC" : "ASC";
  const found: PlacedRow[] = [];
  const passed = { loaded: 0, loadedBytes: 0 };
  let group: { value: Buffer; rows: PlacedRow[] } | undefined;
  const from = startOf(last, order.descending);
  for (const { value, number } of documents.index.ordered(path, direction, from)) {
    if (value[0] === typeMark.oddString) return undefined;
    if (group !== undefined && !group.value.equals(value)) {
      found.push(...group.rows.sort(compare));
      group = undefined;
      if (found.length >= wanted) break;
    }
    const document = documents.findByNumber(number);
    if (document === undefined || !isInScope(scope, document)) continue;
    passed.loaded += 1;
    passed.loadedBytes += document.body.length;
    if (passed.loaded > wanted + maxWasted + 10 * found.length) return undefined;
    group ??= { value, rows: [] };
    group.rows.push(...rowsOf(document));
    // Equal values come in the order of their numbers; only values that share a cut term have to be sorted.
    if (!isInexact(value) && found.length + group.rows.length >= wanted) break;
  }
  if (group !== undefined) found.push(...group.rows.sort(compare));
  meter.loaded += passed.loaded;
  meter.loadedBytes += passed.loadedBytes;
  return found.slice(0, wanted);
}

/** Where an index scan goes on: at the last row's document, or, of values that share a term, at the first. */
function startOf(last: PlacedRow | undefined, isDescending: boolean): IndexEntry | undefined {
  const [key] = last?.keys ?? [];
  if (last === undefined || key === undefined) return undefined;
  const value = encodeValue(key as never);
  if (!isInexact(value)) return { value, number: last.number };
  return { value, number: isDescending ? Number.MAX_SAFE_INTEGER : 0 };
}

function snapshotPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled, snapshots } = query;
  const meter: Meter = { loaded: 0, loadedBytes: 0 };
  let name = position.s;
  let rows = name === undefined ? undefined : snapshots.find(name);
  if (rows === undefined) {
    rows = [...compiled.run(documentsAfter(query, 0, meter).map(parse))];
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
