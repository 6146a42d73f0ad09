import { charge } from "../charge.ts";
import { isTrue } from "../http/call.ts";
import { partitionStatistics, quotaHeaders } from "./containerStatistics.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerBody, findContainer, isNotModified, ownedContainerHeaders, reply } from "./resources.ts";

/** `GET /dbs/{id}/colls/{id}`. Source: Learn, REST "Get a Collection". */
export const readContainer: Operation = {
  name: "readContainer",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const entry = findContainer(account, call);
    const headers = ownedContainerHeaders(entry);
    // Both only when asked for: the bytes of all documents are added up.
    if (isTrue(call, "x-ms-documentdb-populatequotainfo")) Object.assign(headers, quotaHeaders(entry));
    if (isNotModified(call, entry.etag)) return reply(304, charge.metadata, undefined, headers);
    const statistics = isTrue(call, "x-ms-documentdb-populatepartitionstatistics")
      ? { statistics: partitionStatistics(entry) }
      : {};
    return reply(200, charge.metadata, { ...containerBody(entry, call), ...statistics }, headers);
  },
};
