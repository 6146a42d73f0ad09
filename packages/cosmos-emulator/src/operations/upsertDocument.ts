import { charge } from "../charge.ts";
import { bodyObject, header } from "../http/call.ts";
import { complete, readDocument } from "./documentBody.ts";
import { documentReply } from "./documentReply.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkIfMatch, findContainer } from "./resources.ts";

/**
 * `POST /dbs/{id}/colls/{id}/docs` with `x-ms-documentdb-is-upsert`: 201 when it creates, 200 when it replaces.
 * `If-Match` counts only where the document exists. Source: Learn, REST "Create a Document".
 */
export const upsertDocument: Operation = {
  name: "upsertDocument",
  dataAction: dataActions.upsertItem,
  run(account, call) {
    const container = findContainer(account, call);
    const document = readDocument(container, bodyObject(call), header(call, "x-ms-documentdb-partitionkey"));
    const known = container.documents.find(document.key);
    if (known !== undefined) checkIfMatch(call, known.etag);
    const stored = account.store.transaction(() => {
      const write = complete(container, document, known?.number);
      if (known === undefined) container.documents.insert(write);
      else container.documents.update(write, known);
      return write;
    });
    const size = Buffer.byteLength(stored.body);
    return known === undefined
      ? documentReply(container, 201, charge.create(size), stored)
      : documentReply(container, 200, charge.replace(size), stored);
  },
};
