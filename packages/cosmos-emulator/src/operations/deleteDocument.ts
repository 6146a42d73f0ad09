import { charge } from "../charge.ts";
import { runWrite } from "./documentReply.ts";
import type { DocumentOperation } from "./documentRequest.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkVersion } from "./resources.ts";

/** Removes a document. */
export const remove: DocumentOperation = (request) => {
  const { documents } = request.container;
  const known = findDocument(request);
  checkVersion(request.ifMatch, known.etag);
  return () => {
    documents.nextLsn();
    documents.remove(known);
    return { status: 204, charge: charge.delete(Buffer.byteLength(known.body)), epk: known.epk };
  };
};

/** `DELETE /dbs/{id}/colls/{id}/docs/{id}`. Source: Learn, REST "Delete a Document". */
export const deleteDocument: Operation = {
  name: "deleteDocument",
  dataAction: dataActions.deleteItem,
  run: (account, call) => runWrite(account, call, remove),
};
