import { charge } from "../charge.ts";
import { readDocument } from "./documentBody.ts";
import { runWrite } from "./documentReply.ts";
import { type DocumentOperation, requestContent } from "./documentRequest.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkVersion } from "./resources.ts";
import { placeOf, storeDocument } from "./storeDocument.ts";

/** Writes a document, whether it is there or not. `If-Match` counts only where it is. */
export const upsert: DocumentOperation = (request) => {
  const document = readDocument(request.container, requestContent(request), request.partitionKey);
  const place = placeOf(request.container, document);
  if (place.live !== undefined) checkVersion(request.ifMatch, place.live.etag);
  const write = storeDocument(request, document, place);
  return () => {
    const { body, etag, epk } = write();
    const size = Buffer.byteLength(body);
    return place.live === undefined
      ? { status: 201, charge: charge.create(size), epk, etag, body }
      : { status: 200, charge: charge.replace(size), epk, etag, body };
  };
};

/**
 * `POST /dbs/{id}/colls/{id}/docs` with `x-ms-documentdb-is-upsert`: 201 when it creates, 200 when it replaces.
 * Source: Learn, REST "Create a Document".
 */
export const upsertDocument: Operation = {
  name: "upsertDocument",
  dataAction: dataActions.upsertItem,
  run: (account, call) => runWrite(account, call, upsert),
};
