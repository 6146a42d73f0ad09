import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { ContainerEntry } from "../../store/catalog.ts";

const kilobytes = (bytes: number): number => Math.ceil(bytes / 1024);

/**
 * What `x-ms-documentdb-populatepartitionstatistics` asks for: what each physical partition holds. The service also names
 * partition keys that it found large when it took samples; none are taken here.
 * Source: the .NET SDK's PartitionKeyRangeStatistics; azure-cosmos for Python, tests/test_crud_container.py.
 */
export const partitionStatistics = ({ ranges, documents }: ContainerEntry): JsonObject[] =>
  ranges.map((range) => {
    const { count, bytes } = documents.sizeOf(range);
    return {
      id: range.id,
      sizeInKB: kilobytes(bytes),
      documentCount: count,
      sampledDistinctPartitionKeyCount: 0,
      partitionKeys: [],
    };
  });

/** What a physical partition holds at most, in kilobytes. Source: Azure/azure-sdk-for-js, the tests of its offers. */
const partitionKilobytes = 10 * 1024 * 1024;

/**
 * The headers that `x-ms-documentdb-populatequotainfo` asks for: what a container may hold, sizes in kilobytes, and what
 * it holds. Source: Learn, REST "Get a Collection".
 */
export function quotaHeaders({ ranges, documents }: ContainerEntry): Record<string, string> {
  const { count, bytes } = documents.sizeOf({ min: "", max: "FF" });
  const size = kilobytes(bytes);
  const most = ranges.length * partitionKilobytes;
  return {
    "x-ms-documentdb-collection-index-transformation-progress": "100",
    "x-ms-resource-quota": `functions=25;storedProcedures=100;triggers=25;documentSize=10240;documentsSize=${most};documentsCount=-1;collectionSize=${most};`,
    "x-ms-resource-usage": `functions=0;storedProcedures=0;triggers=0;documentSize=${Math.ceil(size / 1024)};documentsSize=${size};documentsCount=${count};collectionSize=${size};`,
  };
}
