import { charge } from "../charge.ts";
import { childResourceId } from "../resourceId.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerHeaders, findContainer, isNotModified, onlyRange, reply } from "./resources.ts";

/**
 * `GET /dbs/{id}/colls/{id}/pkranges`: how the container's hash space is cut. SDKs read it as an incremental feed and
 * come back with the etag. Source: Learn, REST "Get partition key ranges"; `@azure/cosmos`,
 * routing/partitionKeyRangeCache.js.
 */
export const readPartitionKeyRanges: Operation = {
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const container = findContainer(account, call);
    const headers = { ...containerHeaders(container), etag: container.etag };
    if (isNotModified(call, container.etag)) return reply(304, charge.metadata, undefined, headers);
    const rid = childResourceId(container.rid, 2, "range");
    return reply(
      200,
      charge.metadata,
      {
        _rid: container.rid,
        PartitionKeyRanges: [
          {
            _rid: rid,
            id: onlyRange,
            _etag: container.etag,
            minInclusive: "",
            maxExclusive: "FF",
            ridPrefix: 0,
            _self: `dbs/${container.database.rid}/colls/${container.rid}/pkranges/${rid}/`,
            throughputFraction: 1,
            status: "online",
            parents: [],
            _ts: container.ts,
          },
        ],
        _count: 1,
      },
      headers,
    );
  },
};
