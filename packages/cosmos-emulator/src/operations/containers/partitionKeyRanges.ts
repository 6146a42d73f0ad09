import { charge } from "../../charge.ts";
import { type Call, header, reply } from "../../http/call.ts";
import { lastRangeId } from "../../partitionKey/partitionKeyRange.ts";
import { childResourceId } from "../../resourceId.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import { dataActions, type Operation } from "../operation.ts";
import { isNotModified } from "../request.ts";
import { containerHeaders } from "./containerReply.ts";
import { findContainer } from "./findContainer.ts";

/**
 * `GET /dbs/{id}/colls/{id}/pkranges`: how the container's hash space is cut. SDKs read it as an incremental feed and
 * come back with the etag: they then get the ranges that splits have made since, and take the parents of those out.
 * Source: Learn, REST "Get partition key ranges"; the .NET SDK's CollectionRoutingMap.TryCombine; `@azure/cosmos`,
 * routing/partitionKeyRangeCache.js.
 */
export const readPartitionKeyRanges: Operation = {
  name: "readPartitionKeyRanges",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const container = findContainer(account, call);
    const etag = rangesEtag(container, lastRangeId(container.ranges));
    const headers = { ...containerHeaders(container), etag };
    if (isNotModified(call, etag)) return reply(304, charge.metadata, undefined, headers);
    const known = knownRangeId(container, call);
    const ranges = container.ranges
      .filter(({ id }) => Number(id) > known)
      .map(({ id, min, max, parents }) => {
        const rid = childResourceId(container.rid, Number(id) + 2, "range");
        return {
          _rid: rid,
          id,
          _etag: etag,
          minInclusive: min,
          maxExclusive: max,
          ridPrefix: Number(id),
          _self: `dbs/${container.database.rid}/colls/${container.rid}/pkranges/${rid}/`,
          throughputFraction: 1 / container.ranges.length,
          status: "online",
          parents: [...parents],
          _ts: container.ts,
        };
      });
    const body = { _rid: container.rid, PartitionKeyRanges: ranges, _count: ranges.length };
    return reply(200, charge.metadata, body, headers);
  },
};

/** Ids only grow, so that the last one says how a container is cut; its resource id tells it from one of its name. */
const rangesEtag = ({ rid }: ContainerEntry, last: number): string => `"${rid}:${last}"`;

/** The last range that an incremental reader has; -1 when it has none. */
function knownRangeId({ rid }: ContainerEntry, call: Call): number {
  if (header(call, "a-im") === undefined) return -1;
  const [container, last] = (header(call, "if-none-match") ?? "").replaceAll('"', "").split(":");
  return container === rid && last !== undefined && /^\d+$/.test(last) ? Number(last) : -1;
}
