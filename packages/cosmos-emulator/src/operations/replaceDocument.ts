import { charge } from "../charge.ts";
import { conflict } from "../serviceError.ts";
import { readDocument } from "./documentBody.ts";
import { runWrite } from "./documentReply.ts";
import { type DocumentOperation, requestContent } from "./documentRequest.ts";
import { findDocument } from "./findDocument.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkVersion } from "./resources.ts";
import { placeOf, storeDocument } from "./storeDocument.ts";

/**
 * Writes a document over the one that is there. Its `id` may be another then, if that is free: the document moves.
 * Source: azure-cosmos for Python, tests/test_headers.py and test_session.py.
 */
export const replace: DocumentOperation = (request) => {
  const document = readDocument(request.container, requestContent(request), request.partitionKey);
  const known = findDocument(request);
  checkVersion(request.ifMatch, known.etag);
  const { live, expired } = placeOf(request.container, document);
  if (live !== undefined && live.number !== known.number) throw conflict();
  const write = storeDocument(request, document, { live: known, expired });
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
