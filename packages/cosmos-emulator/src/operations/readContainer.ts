import { charge } from "../charge.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerBody, containerHeaders, findContainer, isNotModified, reply } from "./resources.ts";

/** `GET /dbs/{id}/colls/{id}`. Source: Learn, REST "Get a Collection". */
export const readContainer: Operation = {
  name: "readContainer",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const entry = findContainer(account, call);
    const headers = { ...containerHeaders(entry), etag: entry.etag };
    if (isNotModified(call, entry.etag)) return reply(304, charge.metadata, undefined, headers);
    return reply(200, charge.metadata, containerBody(entry), headers);
  },
};
