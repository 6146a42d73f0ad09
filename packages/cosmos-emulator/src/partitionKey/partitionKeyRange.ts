import { evenCuts } from "./effectivePartitionKey.ts";
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
