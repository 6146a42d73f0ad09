import { charge } from "../charge.ts";
import { isTrue } from "../http/call.ts";
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
    }
    if (isNotModified(call, entry.etag)) return reply(304, charge.metadata, undefined, headers);
    return reply(200, charge.metadata, containerBody(entry), headers);
  },
};
