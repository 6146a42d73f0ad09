import { isObject, type Json, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { bodyJson, type Call } from "../../http/call.ts";
import { limits } from "../../limits.ts";
import { badRequest } from "../../serviceError.ts";
import { dataActions } from "../operation.ts";
import type { DocumentOperation } from "./documentRequest.ts";
import { create, read, remove, replace, upsert } from "./documents.ts";
import { patch } from "./patchDocument.ts";

/** A kind of operation in a batch. */
interface BatchKind {
  /** What the operation is called, and its method, when it is a request of its own. */
  readonly name: string;
  readonly method: string;
  /** The data action that it needs. */
  readonly dataAction: string;
  readonly run: DocumentOperation;
}

/** The operations of a batch by their names on the wire. Source: `@azure/cosmos`, utils/batch.js. */
export const batchKinds = {
  Create: { name: "createDocument", method: "POST", dataAction: dataActions.createItem, run: create },
  Upsert: { name: "upsertDocument", method: "POST", dataAction: dataActions.upsertItem, run: upsert },
  Read: { name: "readDocument", method: "GET", dataAction: dataActions.readItem, run: read },
  Replace: { name: "replaceDocument", method: "PUT", dataAction: dataActions.replaceItem, run: replace },
  Delete: { name: "deleteDocument", method: "DELETE", dataAction: dataActions.deleteItem, run: remove },
  Patch: { name: "patchDocument", method: "PATCH", dataAction: dataActions.replaceItem, run: patch },
} as const satisfies Record<string, BatchKind>;

/** One operation of a batch, as it came. */
export interface BatchOperation {
  readonly kind: keyof typeof batchKinds;
  readonly id: string;
  /** As the `x-ms-documentdb-partitionkey` header would have it. */
  readonly partitionKey: string | undefined;
  readonly resourceBody: Json | undefined;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** The id of an operation's document: where the operation names none, the one that its body has. */
export function documentIdOf({ id, resourceBody }: BatchOperation): string {
  const inBody = isObject(resourceBody) ? own(resourceBody, "id") : undefined;
  return id === "" && typeof inBody === "string" ? inBody : id;
}

const invalid = (index: number, reason: string): Error =>
  badRequest(`One of the specified inputs is invalid: operation ${index} of the batch ${reason}.`);

/** Reads a batch's operations. One that cannot be read refuses them all. */
export function readBatch(call: Call): BatchOperation[] {
  const body = bodyJson(call);
  if (!Array.isArray(body)) {
    throw badRequest("One of the specified inputs is invalid: a batch is an array of operations.");
  }
  if (body.length === 0) throw badRequest("Batch request has no operations.");
  if (body.length > limits.batchOperations) {
    throw badRequest("Batch request has more operations than what is supported.");
  }
  return body.map(readOperation);
}

const isKind = (value: Json | undefined): value is keyof typeof batchKinds =>
  typeof value === "string" && Object.hasOwn(batchKinds, value);

function readOperation(operation: Json, index: number): BatchOperation {
  if (!isObject(operation)) throw invalid(index, "is not an object");
  const kind = own(operation, "operationType");
  if (!isKind(kind)) {
    throw invalid(index, `has an operationType that is none of ${Object.keys(batchKinds).join(", ")}`);
  }
  const text = (name: string): string | undefined => textOf(operation, name, index);
  const id = text("id");
  if (id === undefined && kind !== "Create" && kind !== "Upsert") throw invalid(index, "has no id");
  const key = own(operation, "partitionKey");
  return {
    kind,
    id: id ?? "",
    // A JSON array as text; as it stands from clients that do not serialize it.
    partitionKey: Array.isArray(key) ? JSON.stringify(key) : text("partitionKey"),
    resourceBody: own(operation, "resourceBody"),
    ifMatch: text("ifMatch"),
    ifNoneMatch: text("ifNoneMatch"),
  };
}

function textOf(operation: JsonObject, name: string, index: number): string | undefined {
  const value = own(operation, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(index, `has a ${name} that is not a string`);
  return value;
}
