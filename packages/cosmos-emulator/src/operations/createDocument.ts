import { charge } from "../charge.ts";
import { conflict } from "../serviceError.ts";
import { readDocument } from "./documentBody.ts";
import { runWrite } from "./documentReply.ts";
import { type DocumentOperation, requestContent } from "./documentRequest.ts";
import { dataActions, type Operation } from "./operation.ts";
import { placeOf, storeDocument } from "./storeDocument.ts";

/** Writes a document that is not there yet. */
export const create: DocumentOperation = (request) => {
  const document = readDocument(request.container, requestContent(request), request.partitionKey);
  const place = placeOf(request.container, document);
  if (place.live !== undefined) throw conflict();
  const write = storeDocument(request, document, place);
  return () => {
    const { body, etag, epk } = write();
    return { status: 201, charge: charge.create(Buffer.byteLength(body)), epk, etag, body };
  };
};

/** `POST /dbs/{id}/colls/{id}/docs`. Source: Learn, REST "Create a Document". */
export const createDocument: Operation = {
  name: "createDocument",
  dataAction: dataActions.createItem,
  run: (account, call) => runWrite(account, call, create),
};
