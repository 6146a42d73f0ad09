import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import { responseTooLarge } from "../serviceError.ts";
import { checkSessionToken } from "../sessionToken.ts";
import { readKey } from "./documentBody.ts";
import { documentReply } from "./documentReply.ts";
import { type DocumentOperation, documentRequest } from "./documentRequest.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { isVersion } from "./resources.ts";

/** Reads a document; 304 to who has its version. */
export const read: DocumentOperation = (request) => {
  const { epk, etag, body } = findDocument(request);
  if (request.ifNoneMatch !== undefined && isVersion(request.ifNoneMatch, etag)) {
    return () => ({ status: 304, charge: charge.pointReadMiss, epk, etag });
  }
  const size = Buffer.byteLength(body);
  if (size > request.room) throw responseTooLarge();
  return () => ({ status: 200, charge: charge.pointRead(size), epk, etag, body });
};

/** `GET /dbs/{id}/colls/{id}/docs/{id}`: the point read. Source: Learn, REST "Get a Document". */
export const readDocument: Operation = {
  name: "readDocument",
  dataAction: dataActions.readItem,
  run(account, call) {
    const request = documentRequest(account, call);
    const { container, name, partitionKey } = request;
    const { range, ...key } = readKey(container, name, partitionKey);
    const lsn = account.view.lsn(container);
    checkSessionToken(header(call, "x-ms-session-token"), range.id, lsn, range.parents);
    return documentReply(container, read({ ...request, key, view: account.view })(), { lsn });
  },
};
