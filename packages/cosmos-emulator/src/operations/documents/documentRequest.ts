import { isObject, type Json, type JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../../account.ts";
import { bodyJson, type Call, header, type Reply, reply } from "../../http/call.ts";
import { limits } from "../../limits.ts";
import type { RegionView } from "../../regions/regionView.ts";
import { badRequest, tooLarge } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import type { DocumentKey } from "../../store/storedDocument.ts";
import { documentHeaders } from "../containers/containerReply.ts";
import { findContainer } from "../containers/findContainer.ts";

/** What an operation on one document is given, whether it came as a request of its own or in a batch. */
export interface DocumentRequest {
  readonly container: ContainerEntry;
  /** The document's id, or the resource id that `_self` links have; empty where the content names it. */
  readonly name: string;
  /** The partition key, as the `x-ms-documentdb-partitionkey` header has it. */
  readonly partitionKey: string | undefined;
  /** The key of the document that the request names, where it has been read already. */
  readonly key?: DocumentKey;
  /** Reads what is to be written, or how to patch. */
  readonly body: () => Json;
  readonly ifMatch: string | undefined;
  /** Counts for reads only. Source: Learn, REST "Common request headers". */
  readonly ifNoneMatch: string | undefined;
  /** What the region sees, for reads; writes are made to what there is. */
  readonly view?: RegionView;
  /** Bytes that the document may take up in the answer. */
  readonly room: number;
}

/** What one operation on one document came to. */
export interface Outcome {
  readonly status: 200 | 201 | 204 | 304;
  /** In request units. */
  readonly charge: number;
  /** The document's effective partition key. */
  readonly epk: string;
  /** The version that is there now; none after a delete. */
  readonly etag?: string;
  /** The document as JSON text. */
  readonly body?: string;
}

/**
 * An operation on one document in two steps: called, it checks everything that it can be refused for and changes
 * nothing; what it returns is then called in a transaction and only writes. So an operation that is refused in the
 * middle of a batch has left nothing behind.
 */
export type DocumentOperation = (request: DocumentRequest) => () => Outcome;

/** The request that a call makes. */
export function documentRequest(account: Account, call: Call): DocumentRequest {
  return {
    container: findContainer(account, call),
    name: call.target.ids.docs ?? "",
    partitionKey: header(call, "x-ms-documentdb-partitionkey"),
    body: () => bodyJson(call),
    ifMatch: header(call, "if-match"),
    ifNoneMatch: header(call, "if-none-match"),
    room: Number.POSITIVE_INFINITY,
  };
}

/** The document in a request. */
export function requestContent(request: DocumentRequest): JsonObject {
  const content = request.body();
  if (!isObject(content)) throw badRequest("The request's body has to be a JSON object.");
  return content;
}

/** Whether a call wants no documents back from its writes. Source: Learn, REST "Common request headers", `Prefer`. */
export const prefersMinimal = (call: Call): boolean =>
  /(?:^|[,;\s])return\s*=\s*minimal(?:$|[,;\s])/i.test(header(call, "prefer") ?? "");

/**
 * The answer to an operation on one document: its body, its etag, and the container's headers.
 *
 * @param lsn up to where the region sees the container's writes, where that is not all
 */
export function documentReply(
  container: ContainerEntry,
  { status, charge, epk, etag, body }: Outcome,
  { isMinimal = false, lsn }: { isMinimal?: boolean; lsn?: number } = {},
): Reply {
  const headers = documentHeaders(container, epk, lsn);
  if (etag !== undefined) headers["etag"] = etag;
  return reply(status, charge, isMinimal ? undefined : body, headers);
}

/** Runs a write as a request of its own. */
export function runWrite(account: Account, call: Call, operation: DocumentOperation): Reply {
  const request = documentRequest(account, call);
  // As it was sent: escapes and spaces count. Source: azure-cosmos for Python, tests/test_encoding.py.
  if (call.body.length > limits.itemBytes) throw tooLarge();
  const outcome = account.store.transaction(operation(request));
  return documentReply(request.container, outcome, { isMinimal: prefersMinimal(call) });
}
