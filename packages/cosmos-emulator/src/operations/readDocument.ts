import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import { checkSessionToken } from "../sessionToken.ts";
import { documentReply } from "./documentReply.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerHeaders, findContainer, isNotModified, onlyRange, reply } from "./resources.ts";

/** `GET /dbs/{id}/colls/{id}/docs/{id}`: the point read. Source: Learn, REST "Get a Document". */
export const readDocument: Operation = {
  dataAction: dataActions.readItem,
  run(account, call) {
    const container = findContainer(account, call);
    checkSessionToken(header(call, "x-ms-session-token"), onlyRange, container.documents.lsn());
    const document = findDocument(container, call);
    if (isNotModified(call, document.etag)) {
      return reply(304, charge.pointReadMiss, undefined, {
        ...containerHeaders(container),
        etag: document.etag,
      });
    }
    return documentReply(container, 200, charge.pointRead(Buffer.byteLength(document.body)), document);
  },
};
