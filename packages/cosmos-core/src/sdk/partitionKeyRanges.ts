import type { Container } from "@azure/cosmos";
import { withinDeadline } from "./deadline.ts";

/** A physical partition: the stretch of the hash space that it holds. */
export interface PartitionKeyRange {
  readonly id: string;
  /** The first effective partition key in it. */
  readonly minInclusive: string;
}

interface KnownRange extends PartitionKeyRange {
  readonly parents?: readonly string[];
}

/** Reads a container's physical partitions, in the order of the hash space. @throws what the SDK throws */
export async function readPartitionKeyRanges(container: Container): Promise<PartitionKeyRange[]> {
  const { resources } = await withinDeadline(undefined, (abortSignal) =>
    container.readPartitionKeyRanges({ abortSignal }).fetchAll(),
  );
  const ranges = resources as unknown as readonly KnownRange[];
  // While a partition is being split, it may still be told beside those that it became.
  const parents = new Set(ranges.flatMap((range) => range.parents ?? []));
  return ranges
    .filter(({ id }) => !parents.has(id))
    .sort((one, other) => (one.minInclusive < other.minInclusive ? -1 : 1));
}
