import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import { checkSessionToken } from "../sessionToken.ts";
import { readKey } from "./documentBody.ts";
import { documentReply } from "./documentReply.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { documentHeaders, findContainer, isNotModified, reply } from "./resources.ts";

/** `GET /dbs/{id}/colls/{id}/docs/{id}`: the point read. Source: Learn, REST "Get a Document". */
export const readDocument: Operation = {
  name: "readDocument",
  dataAction: dataActions.readItem,
  run(account, call) {
    const container = findContainer(account, call);
    const { range } = readKey(container, "", header(call, "x-ms-documentdb-partitionkey"));
    const lsn = account.view.lsn(container);
    checkSessionToken(header(call, "x-ms-session-token"), range.id, lsn);
    const document = findDocument(container, call, account.view);
    if (isNotModified(call, document.etag)) {
      return reply(304, charge.pointReadMiss, undefined, {
        ...documentHeaders(container, document.epk, lsn),
        etag: document.etag,
      });
    }
    const size = Buffer.byteLength(document.body);
    return documentReply(container, 200, charge.pointRead(size), document, lsn);
  },
};
