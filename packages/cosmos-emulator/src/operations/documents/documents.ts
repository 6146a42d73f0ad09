import { charge } from "../../charge.ts";
import { header, reply } from "../../http/call.ts";
import { conflict, responseTooLarge } from "../../serviceError.ts";
import { checkSessionToken } from "../../sessionToken.ts";
import { rangeHeaders } from "../containers/containerReply.ts";
import { findContainer } from "../containers/findContainer.ts";
import { dataActions, type Operation } from "../operation.ts";
import { checkVersion, isVersion } from "../request.ts";
import { readKey, readNewDocument } from "./documentBody.ts";
import {
  type DocumentOperation,
  documentReply,
  documentRequest,
  requestContent,
  runWrite,
} from "./documentRequest.ts";
import { findDocument } from "./findDocument.ts";
import { placeOf, storeDocument } from "./storeDocument.ts";

/** Writes a document that is not there yet. */
export const create: DocumentOperation = (request) => {
  const document = readNewDocument(request.container, requestContent(request), request.partitionKey);
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

/**
 * Writes a document over the one that is there. Its `id` may be another then, if that is free: the document moves.
 * Source: azure-cosmos for Python, tests/test_headers.py and test_session.py.
 */
export const replace: DocumentOperation = (request) => {
  const document = readNewDocument(request.container, requestContent(request), request.partitionKey);
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

/** Writes a document, whether it is there or not. `If-Match` counts only where it is. */
export const upsert: DocumentOperation = (request) => {
  const document = readNewDocument(request.container, requestContent(request), request.partitionKey);
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

/**
 * `POST /dbs/{id}/colls/{id}/operations/partitionkeydelete`: all documents of a partition key. The service hides them
 * at once and removes them in the background; here they are gone with the answer.
 * Source: Learn, "Delete items by partition key value"; azure-cosmos for Python, DeleteAllItemsByPartitionKey.
 */
export const deletePartitionKey: Operation = {
  name: "deletePartitionKey",
  dataAction: dataActions.deleteItem,
  run(account, call) {
    const container = findContainer(account, call);
    const { documents } = container;
    const { pk, range } = readKey(container, "", header(call, "x-ms-documentdb-partitionkey"));
    const cost = account.store.transaction(() =>
      documents.numbersOf(pk).reduce((sum, number) => {
        const document = documents.findByNumber(number);
        if (document === undefined) return sum;
        documents.nextLsn();
        documents.remove(document);
        return sum + charge.delete(Buffer.byteLength(document.body));
      }, charge.metadata),
    );
    return reply(200, cost, undefined, rangeHeaders(container, range));
  },
};
