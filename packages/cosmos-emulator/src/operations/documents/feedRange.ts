import type { Account } from "../../account.ts";
import type { FeedRange } from "../../execution/feedRange.ts";
import { type Call, header } from "../../http/call.ts";
import { effectivePartitionKey } from "../../partitionKey/effectivePartitionKey.ts";
import {
  type PartitionKeyValue,
  parsePartitionKeyHeader,
  partitionKeyText,
  wrongKeyLength,
} from "../../partitionKey/partitionKey.ts";
import type { PartitionKeyRange } from "../../partitionKey/partitionKeyRange.ts";
import { badRequest } from "../../serviceError.ts";
import { checkSessionToken } from "../../sessionToken.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import type { EpkRange } from "../../store/storedDocument.ts";
import { namedRange } from "../containers/findContainer.ts";

/** The whole hash space. */
const everything: EpkRange = { min: "", max: "FF" };

/** The part of a container that a feed request names, and the physical partitions that it touches. */
export interface RequestedFeedRange extends FeedRange {
  readonly range: EpkRange;
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
export function readFeedRange({ view }: Account, container: ContainerEntry, call: Call): RequestedFeedRange {
  const keyHeader = header(call, "x-ms-documentdb-partitionkey");
  const key = keyHeader === undefined ? [] : parsePartitionKeyHeader(keyHeader);
  const { pk, range: keyRange } = rangeOfKey(container, key);
  const named = namedRange(container, call);
  const feed = epkRange(call);
  const range = [keyRange, named, feed].reduce<EpkRange>(intersect, everything);
  const ranges = container.ranges.filter(({ min, max }) => min < range.max && max > range.min);
  for (const { id, parents } of ranges) {
    checkSessionToken(header(call, "x-ms-session-token"), id, view.lsn(container), parents);
  }
  return {
    container,
    view,
    pk,
    range,
    ranges,
    isGateway: pk === undefined && keyRange === undefined && named === undefined && feed === undefined,
  };
}

/** A whole key names one logical partition; the first values of a hierarchical key a stretch of the hash space. */
function rangeOfKey(
  { partitionKey }: ContainerEntry,
  key: readonly PartitionKeyValue[],
): { pk?: string; range?: EpkRange } {
  const levels = partitionKey.paths.length;
  if (key.length === 0) return {};
  if (key.length > levels) {
    throw wrongKeyLength(key.length, levels);
  }
  const epk = effectivePartitionKey(key, partitionKey);
  if (key.length === levels) return { pk: partitionKeyText(key), range: { min: epk, max: `${epk}FF` } };
  return { range: { min: epk, max: `${epk}FF` } };
}

/** Source: `@azure/cosmos`, ClientContext.js queryFeed. */
function epkRange(call: Call): EpkRange | undefined {
  const min = header(call, "x-ms-start-epk");
  const max = header(call, "x-ms-end-epk");
  if (min === undefined && max === undefined) return undefined;
  const type = header(call, "x-ms-read-key-type") ?? "EffectivePartitionKeyRange";
  if (type.toLowerCase() !== "effectivepartitionkeyrange") {
    throw badRequest(
      `The read key type '${type.slice(0, 50)}' is not supported: EffectivePartitionKeyRange is.`,
    );
  }
  const range = { min: (min ?? "").toUpperCase(), max: (max ?? "FF").toUpperCase() };
  if (!/^[0-9A-F]*$/.test(range.min + range.max)) {
    throw badRequest("x-ms-start-epk and x-ms-end-epk are effective partition keys, in hexadecimal.");
  }
  return range;
}

function intersect(one: EpkRange, other: EpkRange | undefined): EpkRange {
  if (other === undefined) return one;
  const [min = "", max = "FF"] = [[one.min, other.min].sort()[1], [one.max, other.max].sort()[0]];
  return { min, max };
}
