import type { Container, PartitionKeyDefinition } from "@azure/cosmos";
import type { PointKey } from "../definition/itemKey.ts";
import { effectivePartitionKey } from "./effectivePartitionKey.ts";
import { type PartitionKeyRange, readPartitionKeyRanges } from "./partitionKeyRanges.ts";

/** Which physical partition a partition key lives in, as far as is known. */
export interface PhysicalPartitions {
  /** The id of its partition key range; `undefined` while that is not known. */
  partitionOf(pk: PointKey["pk"]): string | undefined;
  /** Reads the ranges again, in the background and not more often than every second: a partition may have been split. */
  refresh(): void;
}

/** In use, a container's ranges are read again after so long, in milliseconds. */
const knownFor = 60_000;

/** They are not read again sooner than after so long, in milliseconds. */
const atMostEvery = 1_000;

/** Reads a container's partition key ranges. Never rejects. */
export async function openPhysicalPartitions(
  container: Container,
  { kind, version }: Pick<PartitionKeyDefinition, "kind" | "version">,
): Promise<PhysicalPartitions> {
  let ranges: readonly PartitionKeyRange[] = [];
  let readAt = 0;
  // Version 1 hashes in another way, to which only the SDK holds the key.
  const canHash = kind === "MultiHash" || version === 2;

  async function read(): Promise<void> {
    readAt = performance.now();
    try {
      ranges = await readPartitionKeyRanges(container);
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
      readAfter(ranges.length === 0 ? atMostEvery : knownFor);
      if (ranges.length === 1) return ranges[0]?.id;
      if (!canHash) return undefined;
      const key = effectivePartitionKey(pk);
      return ranges.findLast(({ minInclusive }) => minInclusive <= key)?.id;
    },
  };
}
