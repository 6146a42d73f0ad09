import { charge } from "../charge.ts";
import { badRequest } from "../serviceError.ts";
import { readDocument } from "./documentBody.ts";
import { runWrite } from "./documentReply.ts";
import { type DocumentOperation, requestContent } from "./documentRequest.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkVersion } from "./resources.ts";
import { storeDocument } from "./storeDocument.ts";

/** Writes a document over the one that is there. */
export const replace: DocumentOperation = (request) => {
  const document = readDocument(request.container, requestContent(request), request.partitionKey);
  const known = findDocument(request);
  if (known.key.id !== document.key.id) {
    throw badRequest("The 'id' of a document cannot be changed by a replace.");
  }
  checkVersion(request.ifMatch, known.etag);
  const write = storeDocument(request, document, { live: known, expired: undefined });
  return () => {
    const { body, etag, epk } = write();
    return { status: 200, charge: charge.replace(Buffer.byteLength(body)), epk, etag, body };
  };
};

/** `PUT /dbs/{id}/colls/{id}/docs/{id}`. Source: Learn, REST "Replace a Document". */
export const replaceDocument: Operation = {
  name: "replaceDocument",
  dataAction: dataActions.replaceItem,
  run: (account, call) => runWrite(account, call, replace),
};
