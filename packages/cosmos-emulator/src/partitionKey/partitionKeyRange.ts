import { evenCuts, middleCut } from "./effectivePartitionKey.ts";
import type { PartitionKeyDefinition } from "./partitionKey.ts";

/** A physical partition of a container: the documents whose effective partition keys are in a stretch of the hashes. */
export interface PartitionKeyRange {
  readonly id: string;
  /** The first effective partition key, included. */
  readonly min: string;
  /** The end, excluded; "FF" is above all. */
  readonly max: string;
  /** The ranges that this one came from by splits, oldest first. */
  readonly parents: readonly string[];
}

/** Cuts a new container's hash space into equal ranges. */
export function evenRanges(count: number, definition: PartitionKeyDefinition): PartitionKeyRange[] {
  const cuts = ["", ...evenCuts(count, definition), "FF"];
  return cuts.slice(1).map((max, index) => ({ id: String(index), min: cuts[index] ?? "", max, parents: [] }));
}

/** The range that an effective partition key lies in. */
export function rangeOf(ranges: readonly PartitionKeyRange[], epk: string): PartitionKeyRange {
  const found = ranges.find(({ min, max }) => epk >= min && epk < max);
  if (found === undefined) throw new Error(`The effective partition key ${epk} is in no range.`);
  return found;
}

/** The highest number that a range's id ever had: ids are never given twice. */
export const lastRangeId = (ranges: readonly PartitionKeyRange[]): number =>
  Math.max(...ranges.flatMap(({ id, parents }) => [id, ...parents]).map(Number));

/** Cuts one of a container's ranges in half; `undefined` when it is too small for that. */
export function splitRange(
  ranges: readonly PartitionKeyRange[],
  range: PartitionKeyRange,
  definition: PartitionKeyDefinition,
): { ranges: PartitionKeyRange[]; children: [PartitionKeyRange, PartitionKeyRange] } | undefined {
  const cut = middleCut(range.min, range.max, definition);
  if (cut === undefined) return undefined;
  const last = lastRangeId(ranges);
  const parents = [...range.parents, range.id];
  const children: [PartitionKeyRange, PartitionKeyRange] = [
    { id: String(last + 1), min: range.min, max: cut, parents },
    { id: String(last + 2), min: cut, max: range.max, parents },
  ];
  return { ranges: ranges.flatMap((kept) => (kept === range ? children : [kept])), children };
}

/**
 * Cuts a container's ranges in half, one after the other in the order of the hash space and around again, until there
 * are as many as wanted or all are too small.
 */
export function splitInto(
  count: number,
  ranges: readonly PartitionKeyRange[],
  definition: PartitionKeyDefinition,
): readonly PartitionKeyRange[] {
  let current = ranges;
  for (const range of ranges) {
    if (current.length >= count) return current;
    current = splitRange(current, range, definition)?.ranges ?? current;
  }
  return current.length >= count || current.length === ranges.length
    ? current
    : splitInto(count, current, definition);
}
