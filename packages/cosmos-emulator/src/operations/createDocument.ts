import { charge } from "../charge.ts";
import { bodyObject, header } from "../http/call.ts";
import { conflict } from "../serviceError.ts";
import { complete, readDocument } from "./documentBody.ts";
import { documentReply } from "./documentReply.ts";
import { dataActions, type Operation } from "./operation.ts";
import { findContainer } from "./resources.ts";

/** `POST /dbs/{id}/colls/{id}/docs`. Source: Learn, REST "Create a Document". */
export const createDocument: Operation = {
  name: "createDocument",
  dataAction: dataActions.createItem,
  run(account, call) {
    const container = findContainer(account, call);
    const document = readDocument(container, bodyObject(call), header(call, "x-ms-documentdb-partitionkey"));
    if (container.documents.find(document.key) !== undefined) throw conflict();
    const stored = account.store.transaction(() => {
      const write = complete(container, document);
      container.documents.insert(write);
      return write;
    });
    return documentReply(container, 201, charge.create(Buffer.byteLength(stored.body)), stored);
  },
};
