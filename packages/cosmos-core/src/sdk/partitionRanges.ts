import type { Container } from "@azure/cosmos";
import { StoreError } from "../errors/errors.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { readPartitionKeyRanges } from "./partitionKeyRanges.ts";

/** Reads from every physical partition of a container, each named by its range's id. */
export type RangeReader = <Result>(read: (range: string) => Promise<Result>) => Promise<Result[]>;

/** How often the partitions may change while they are read from. */
const maxAttempts = 5;

/** The status for a physical partition that was split or moved. Source: Learn, "HTTP status codes for Azure Cosmos DB". */
const gone = 410;

/** Knows a container's physical partitions, and looks again when one is gone: it was split, or put together with another. */
export function openPartitionRanges(container: Container): RangeReader {
  let known: Promise<readonly string[]> | undefined;

  const readRanges = async (): Promise<readonly string[]> => {
    const ranges = await readPartitionKeyRanges(container).catch((error: unknown) => {
      throw fromSdkError(error);
    });
    return ranges.map(({ id }) => id);
  };

  return async (read) => {
    for (let attempt = 1; ; attempt += 1) {
      known ??= readRanges();
      const ranges = known;
      try {
        return await Promise.all((await ranges).map(read));
      } catch (error) {
        if (known === ranges) known = undefined;
        const isGone = error instanceof StoreError && error.status === gone;
        if (!isGone || attempt === maxAttempts) throw error;
      }
    }
  };
}
