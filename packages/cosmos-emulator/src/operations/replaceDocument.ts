import { charge } from "../charge.ts";
import { bodyObject, header } from "../http/call.ts";
import { badRequest } from "../serviceError.ts";
import { complete, readDocument } from "./documentBody.ts";
import { documentReply } from "./documentReply.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkIfMatch, findContainer } from "./resources.ts";

/** `PUT /dbs/{id}/colls/{id}/docs/{id}`. Source: Learn, REST "Replace a Document". */
export const replaceDocument: Operation = {
  name: "replaceDocument",
  dataAction: dataActions.replaceItem,
  run(account, call) {
    const container = findContainer(account, call);
    const document = readDocument(container, bodyObject(call), header(call, "x-ms-documentdb-partitionkey"));
    const known = findDocument(container, call);
    if (known.key.id !== document.key.id) {
      throw badRequest("The 'id' of a document cannot be changed by a replace.");
    }
    checkIfMatch(call, known.etag);
    const stored = account.store.transaction(() => {
      const write = complete(container, document, known.number);
      container.documents.update(write, known);
      return write;
    });
    return documentReply(container, 200, charge.replace(Buffer.byteLength(stored.body)), stored);
  },
};
