import type { Scope } from "../execution/scope.ts";
import { type Call, header } from "../http/call.ts";
import { effectivePartitionKey } from "../partitionKey/effectivePartitionKey.ts";
import {
  type PartitionKeyValue,
  parsePartitionKeyHeader,
  partitionKeyText,
} from "../partitionKey/partitionKey.ts";
import type { PartitionKeyRange } from "../partitionKey/partitionKeyRange.ts";
import { badRequest, ServiceError } from "../serviceError.ts";
import { checkSessionToken } from "../sessionToken.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { EpkRange } from "../store/documents.ts";

/** The part of a container that a feed request names, and the physical partitions that it touches. */
export interface RequestScope extends Scope {
  /** The physical partitions, in the order of the hash space. */
  readonly ranges: readonly PartitionKeyRange[];
  /** Whether the request leaves it to the gateway to go through the partitions: it names no key and no range. */
  readonly isGateway: boolean;
}

/**
 * Reads `x-ms-documentdb-partitionkey` (a key, or the first values of a hierarchical one),
 * `x-ms-documentdb-partitionkeyrangeid` and `x-ms-start-epk`/`x-ms-end-epk`, and checks the session token.
 * Source: `@azure/cosmos`, ClientContext.js queryFeed and request/request.js.
 */
export function readScope(container: ContainerEntry, call: Call): RequestScope {
  const keyHeader = header(call, "x-ms-documentdb-partitionkey");
  const key = keyHeader === undefined ? [] : parsePartitionKeyHeader(keyHeader);
  const { pk, range: keyRange } = keyScope(container, key);
  const named = namedRange(container, header(call, "x-ms-documentdb-partitionkeyrangeid"));
  const feed = feedRange(header(call, "x-ms-start-epk"), header(call, "x-ms-end-epk"));
  const range = [keyRange, named, feed].reduce<EpkRange>(intersect, { min: "", max: "FF" });
  const ranges = container.ranges.filter(
    ({ min, max }) => min < range.max && (max > range.min || range.min === ""),
  );
  for (const { id } of ranges) {
    checkSessionToken(header(call, "x-ms-session-token"), id, container.documents.lsn());
  }
  const isWhole = range.min === "" && range.max === "FF";
  return {
    container,
    pk,
    range: isWhole || pk !== undefined ? undefined : range,
    ranges,
    isGateway: pk === undefined && keyRange === undefined && named === undefined && feed === undefined,
  };
}

/** A whole key names one logical partition; the first values of a hierarchical key a stretch of the hash space. */
function keyScope(
  { partitionKey }: ContainerEntry,
  key: readonly PartitionKeyValue[],
): { pk?: string; range?: EpkRange } {
  const levels = partitionKey.paths.length;
  if (key.length === 0) return {};
  if (key.length > levels) {
    throw badRequest(
      `The partition key supplied has ${key.length} components, the container's definition has ${levels}.`,
    );
  }
  const epk = effectivePartitionKey(key, partitionKey);
  if (key.length === levels) return { pk: partitionKeyText(key), range: { min: epk, max: `${epk}FF` } };
  return { range: { min: epk, max: `${epk}FF` } };
}

function namedRange({ ranges }: ContainerEntry, id: string | undefined): PartitionKeyRange | undefined {
  if (id === undefined || id === "") return undefined;
  // Some clients send the container's resource id before the range's: "rid,0".
  const wanted = id.slice(id.lastIndexOf(",") + 1);
  const range = ranges.find((candidate) => candidate.id === wanted);
  if (range !== undefined) return range;
  throw new ServiceError(
    410,
    `The partition key range ${wanted.slice(0, 20)} is gone: read the ranges again.`,
    {
      substatus: 1002,
    },
  );
}

function feedRange(min: string | undefined, max: string | undefined): EpkRange | undefined {
  if (min === undefined && max === undefined) return undefined;
  const range = { min: (min ?? "").toUpperCase(), max: (max ?? "FF").toUpperCase() };
  if (!/^[0-9A-F]*$/.test(range.min) || !/^[0-9A-F]*$/.test(range.max) || range.min > range.max) {
    throw badRequest("The headers x-ms-start-epk and x-ms-end-epk are no range of effective partition keys.");
  }
  return range;
}

function intersect(one: EpkRange, other: EpkRange | undefined): EpkRange {
  if (other === undefined) return one;
  const [min = "", max = "FF"] = [[one.min, other.min].sort()[1], [one.max, other.max].sort()[0]];
  return { min, max };
}
