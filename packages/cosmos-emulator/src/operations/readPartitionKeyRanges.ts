import { charge } from "../charge.ts";
import { childResourceId } from "../resourceId.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerHeaders, findContainer, isNotModified, reply } from "./resources.ts";

/**
 * `GET /dbs/{id}/colls/{id}/pkranges`: how the container's hash space is cut. SDKs read it as an incremental feed and
 * come back with the etag. Source: Learn, REST "Get partition key ranges"; `@azure/cosmos`,
 * routing/partitionKeyRangeCache.js.
 */
export const readPartitionKeyRanges: Operation = {
  name: "readPartitionKeyRanges",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const container = findContainer(account, call);
    const headers = { ...containerHeaders(container), etag: container.etag };
    if (isNotModified(call, container.etag)) return reply(304, charge.metadata, undefined, headers);
    const ranges = container.ranges.map(({ id, min, max, parents }) => {
      const rid = childResourceId(container.rid, Number(id) + 2, "range");
      return {
        _rid: rid,
        id,
        _etag: container.etag,
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
