import type { IndexEntry } from "../store/termIndex.ts";
import { encodeValue, isInexact, typeMark } from "../store/terms.ts";
import { pathText } from "./candidates.ts";
import { isInFeedRange } from "./feedRange.ts";
import type { OrderedSearch, PlacedRow } from "./placedRow.ts";
import { isBehind } from "./scannedDocuments.ts";

/** Documents that an index scan may load in vain before sorting the candidates is the better bet. */
const maxWasted = 5_000;

/**
 * The first `wanted` rows by walking the index in the order of the one ORDER BY path; `undefined` when the index cannot
 * give that order, or when the WHERE lets so little through that sorting what the index finds for it is cheaper.
 */
export function indexOrder({
  query,
  candidates,
  last,
  wanted,
  meter,
  rowsOf,
  compare,
}: OrderedSearch): PlacedRow[] | undefined {
  const { feedRange, order } = query;
  const { documents } = feedRange.container;
  const path = order === undefined ? undefined : pathText(order.path);
  if (order === undefined || path === undefined || feedRange.pk !== undefined || isBehind(feedRange))
    return undefined;
  if (candidates !== undefined && candidates.length < 2_000) return undefined;
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
      for (const row of group.rows.sort(compare)) found.push(row);
      group = undefined;
      if (found.length >= wanted) break;
    }
    const document = documents.findByNumber(number);
    if (document === undefined || !isInFeedRange(feedRange, document)) continue;
    passed.loaded += 1;
    passed.loadedBytes += document.body.length;
    if (passed.loaded > wanted + maxWasted + 10 * found.length) return undefined;
    group ??= { value, rows: [] };
    for (const row of rowsOf(document)) group.rows.push(row);
    // Equal values come in the order of their numbers; only values that share a cut term have to be sorted.
    if (!isInexact(value) && found.length + group.rows.length >= wanted) break;
  }
  for (const row of group?.rows.sort(compare) ?? []) found.push(row);
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
