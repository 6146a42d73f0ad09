import { compileQuery, parseQuery, QueryError } from "@cosmos-trpc/cosmos-sql";
import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { charge } from "../../charge.ts";
import { isWithin, pointerText } from "../../jsonPointer.ts";
import { type PartitionKeyDefinition, readPath } from "../../partitionKey/partitionKey.ts";
import { applyPatch } from "../../patch/applyPatch.ts";
import { type Patch, PatchError, readPatch } from "../../patch/patchOperation.ts";
import { badRequest, preconditionFailed, ServiceError } from "../../serviceError.ts";
import { dataActions, type Operation } from "../operation.ts";
import { checkNesting, checkVersion } from "../request.ts";
import { readNewDocument, systemProperties } from "./documentBody.ts";
import { type DocumentOperation, runWrite } from "./documentRequest.ts";
import { findDocument } from "./findDocument.ts";
import { storeDocument } from "./storeDocument.ts";

/** Names at the root of a document that no patch may touch. Source: Learn, "Partial document update FAQ". */
const fixed = [...systemProperties, "id"];

/** Changes parts of the document that is there. */
export const patch: DocumentOperation = (request) => {
  const { container, partitionKey } = request;
  const { condition, operations } = readPatchOf(request.body(), container.partitionKey);
  const known = findDocument(request);
  checkVersion(request.ifMatch, known.etag);
  const content = JSON.parse(known.body) as JsonObject;
  if (condition !== undefined && !holds(condition, content)) throw preconditionFailed();
  refusing(() => applyPatch(content, operations));
  const document = readNewDocument(container, content, partitionKey);
  const write = storeDocument(request, document, { live: known, expired: undefined });
  return () => {
    const { body, etag, epk } = write();
    return { status: 200, charge: charge.replace(Buffer.byteLength(body)), epk, etag, body };
  };
};

/** Reads a patch, and refuses one that names the partition key or nests too deeply. */
function readPatchOf(body: Json, { paths }: PartitionKeyDefinition): Patch {
  const found = refusing(() => readPatch(body, fixed));
  for (const operation of found.operations) {
    if ("value" in operation) checkNesting({ value: operation.value });
    const named = operation.op === "move" ? [operation.path, operation.from] : [operation.path];
    for (const path of named) {
      if (paths.some((key) => isWithin(path, readPath(key)))) {
        throw badRequest(
          `Invalid patch request: Cannot patch partition key property '${pointerText(path)}'.`,
        );
      }
    }
  }
  return found;
}

/** Units of work that a condition may take: a batch can have a hundred of them. */
const mostWork = 500_000;

/** Whether a document satisfies a condition: `FROM c WHERE …`. */
function holds(condition: string, document: JsonObject): boolean {
  if (!/^\s*from\b/i.test(condition)) {
    throw badRequest("Invalid patch request: the condition has to read FROM … WHERE ….");
  }
  try {
    const rows = compileQuery(parseQuery(`SELECT * ${condition}`), [], { mostWork }).run([document]);
    return rows.next().done !== true;
  } catch (error) {
    if (error instanceof QueryError) throw new ServiceError(400, error.message);
    throw error;
  }
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PatchError) throw badRequest(error.message);
    throw error;
  }
}

/** `PATCH /dbs/{id}/colls/{id}/docs/{id}`. Source: Learn, REST "Patch a Document". */
export const patchDocument: Operation = {
  name: "patchDocument",
  // Patches have no data action of their own. Source: Learn, "Data plane role-based access control".
  dataAction: dataActions.replaceItem,
  run: (account, call) => runWrite(account, call, patch),
};
