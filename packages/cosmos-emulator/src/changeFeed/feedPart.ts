import { type Call, header } from "../http/call.ts";
import { namedRange } from "../operations/namedRange.ts";
import { effectivePartitionKey } from "../partitionKey/effectivePartitionKey.ts";
import { parsePartitionKeyHeader, partitionKeyText } from "../partitionKey/partitionKey.ts";
import { badRequest } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { FeedPart } from "../store/changeHistory.ts";

const all = { min: "", max: "FF" } as const;

/**
 * The part of a container that a feed request is about: a partition key (of a hierarchical key also its beginning), a
 * physical partition, a stretch of effective partition keys, or what the last two have in common. Without any of them
 * it is the whole container: this emulator has one order of writes over all partitions, so that no fan-out is needed.
 * Source: `@azure/cosmos`, ClientContext.js (queryFeed) and client/ChangeFeed/changeFeedUtils.js.
 */
export function readFeedPart(container: ContainerEntry, call: Call): FeedPart {
  const keyHeader = header(call, "x-ms-documentdb-partitionkey");
  if (keyHeader !== undefined) return keyPart(container, keyHeader);
  const named = namedRange(container, call) ?? all;
  let { min, max } = readKeyRange(call);
  if (named.min > min) min = named.min;
  if (named.max < max) max = named.max;
  return { range: { min, max } };
}

function keyPart({ partitionKey }: ContainerEntry, text: string): FeedPart {
  const values = parsePartitionKeyHeader(text);
  const levels = partitionKey.paths.length;
  if (values.length > levels) {
    throw badRequest(
      `The partition key supplied has ${values.length} components, the container's definition has ${levels}.`,
    );
  }
  const prefix = values.length === 0 ? "" : effectivePartitionKey(values, partitionKey);
  // "FF" is above every hash that can follow the prefix.
  const range = { min: prefix, max: `${prefix}FF` };
  return values.length === levels ? { range, pk: partitionKeyText(values) } : { range };
}

function readKeyRange(call: Call): { min: string; max: string } {
  const min = header(call, "x-ms-start-epk");
  const max = header(call, "x-ms-end-epk");
  if (min === undefined && max === undefined) return all;
  const type = header(call, "x-ms-read-key-type") ?? "EffectivePartitionKeyRange";
  if (type.toLowerCase() !== "effectivepartitionkeyrange") {
    throw badRequest(
      `The read key type '${type.slice(0, 50)}' is not supported: EffectivePartitionKeyRange is.`,
    );
  }
  const [start, end] = [(min ?? all.min).toUpperCase(), (max ?? all.max).toUpperCase()];
  if (!/^[0-9A-F]*$/.test(start) || !/^[0-9A-F]*$/.test(end)) {
    throw badRequest("x-ms-start-epk and x-ms-end-epk are effective partition keys, in hexadecimal.");
  }
  return { min: start, max: end };
}
