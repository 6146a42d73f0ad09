import { charge } from "../charge.ts";
import { isTrue } from "../http/call.ts";
import { limits } from "../limits.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerBody, findContainer, isNotModified, ownedContainerHeaders, reply } from "./resources.ts";

/** `GET /dbs/{id}/colls/{id}`. Source: Learn, REST "Get a Collection". */
export const readContainer: Operation = {
  name: "readContainer",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const entry = findContainer(account, call);
    const headers = ownedContainerHeaders(entry);
    // Only when asked for. Source: Learn, REST "Get a Collection"; azure-cosmos for Python, tests/test_crud_container.py.
    if (isTrue(call, "x-ms-documentdb-populatequotainfo")) {
      headers["x-ms-documentdb-collection-index-transformation-progress"] = "100";
      Object.assign(headers, quotaHeaders(entry));
    }
    if (isNotModified(call, entry.etag)) return reply(304, charge.metadata, undefined, headers);
    return reply(200, charge.metadata, containerBody(entry, call), headers);
  },
};

/** What a physical partition holds at most, in KB. Source: Azure/azure-sdk-for-js, the tests of its offers. */
const partitionSize = 10 * 1024 * 1024;

/** Sizes in KB; -1 is no limit. Source: Learn, REST "Common response headers". */
function quotaHeaders({ ranges, documents }: ContainerEntry): Record<string, string> {
  const size = ranges.length * partitionSize;
  const itemSize = limits.itemBytes / 1024;
  return {
    "x-ms-resource-quota": `documentSize=${itemSize};documentsSize=${size};documentsCount=-1;collectionSize=${size};`,
    "x-ms-resource-usage": `documentsCount=${documents.count()};`,
  };
}
