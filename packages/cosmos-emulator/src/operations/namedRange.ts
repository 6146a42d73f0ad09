import { type Call, header } from "../http/call.ts";
import type { PartitionKeyRange } from "../partitionKey/partitionKeyRange.ts";
import { ServiceError } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";

/**
 * The physical partition that a request names by `x-ms-documentdb-partitionkeyrangeid`, either by its id alone or after
 * the container's resource id and a comma; `undefined` when it names none.
 *
 * @throws ServiceError 410 with substatus 1002 when there is no such partition any more: SDKs then read the ranges anew.
 * Source: `@azure/cosmos`, common/statusCodes.js (PartitionKeyRangeGone) and client/ChangeFeed/ChangeFeedForEpkRange.js.
 */
export function namedRange(container: ContainerEntry, call: Call): PartitionKeyRange | undefined {
  const name = header(call, "x-ms-documentdb-partitionkeyrangeid");
  if (name === undefined || name === "") return undefined;
  const id = name.slice(name.lastIndexOf(",") + 1).trim();
  const range = container.ranges.find((candidate) => candidate.id === id);
  if (range !== undefined) return range;
  throw new ServiceError(
    410,
    'Message: {"Errors":["The requested resource is no longer available at the server."]}',
    { substatus: 1002 },
  );
}
