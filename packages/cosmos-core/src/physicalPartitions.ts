import type { Container, PartitionKeyDefinition } from "@azure/cosmos";
import { withinDeadline } from "./deadline.ts";
import { effectivePartitionKey } from "./effectivePartitionKey.ts";
import type { PointKey } from "./itemKey.ts";

/** Which physical partition a partition key lives in, as far as is known. */
export interface PhysicalPartitions {
  /** The id of its partition key range; the same for all keys while the ranges are not known. */
  partitionOf(pk: PointKey["pk"]): string;
  /** Reads the ranges again, in the background and not more often than every second: a partition may have been split. */
  refresh(): void;
}

/** In use, a container's ranges are read again after so long, in milliseconds. */
const knownFor = 60_000;

/** They are not read again sooner than after so long, in milliseconds. */
const atMostEvery = 1_000;

interface Range {
  readonly id: string;
  readonly minInclusive: string;
}

/**
 * Reads a container's partition key ranges. The SDK finds the range of each operation of a batch by itself, so that what
 * is not known here, or no more true after a split, costs no correctness: a batch is then several requests. Never
 * rejects.
 */
export async function openPhysicalPartitions(
  container: Container,
  { kind, version }: Pick<PartitionKeyDefinition, "kind" | "version">,
): Promise<PhysicalPartitions> {
  let ranges: readonly Range[] = [];
  let readAt = 0;
  // Other definitions hash in another way: the keys of such a container count as one partition's.
  const canHash = (kind ?? "Hash") === "Hash" && version === 2;

  async function read(): Promise<void> {
    if (!canHash) return;
    readAt = performance.now();
    try {
      const { resources } = await withinDeadline(undefined, (abortSignal) =>
        container.readPartitionKeyRanges({ abortSignal }).fetchAll(),
      );
      ranges = (resources as Range[]).sort((a, b) => (a.minInclusive < b.minInclusive ? -1 : 1));
    } catch {
      // What was known goes on to be used; the operations themselves say what is wrong.
    }
  }

  function readAfter(age: number): void {
    if (performance.now() - readAt > age) void read();
  }

  await read();
  return {
    refresh: () => readAfter(atMostEvery),
    partitionOf(pk) {
      readAfter(knownFor);
      if (ranges.length < 2 || typeof pk !== "string") return "";
      const key = effectivePartitionKey(pk);
      return ranges.findLast(({ minInclusive }) => minInclusive <= key)?.id ?? "";
    },
  };
}
