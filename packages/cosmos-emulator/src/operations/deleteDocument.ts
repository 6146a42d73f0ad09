import { charge } from "../charge.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkIfMatch, documentHeaders, findContainer, reply } from "./resources.ts";

/** `DELETE /dbs/{id}/colls/{id}/docs/{id}`. Source: Learn, REST "Delete a Document". */
export const deleteDocument: Operation = {
  name: "deleteDocument",
  dataAction: dataActions.deleteItem,
  run(account, call) {
    const container = findContainer(account, call);
    const known = findDocument(container, call);
    checkIfMatch(call, known.etag);
    account.store.transaction(() => {
      container.documents.nextLsn();
      container.documents.remove(known);
    });
    return reply(
      204,
      charge.delete(Buffer.byteLength(known.body)),
      undefined,
      documentHeaders(container, known.epk),
    );
  },
};
