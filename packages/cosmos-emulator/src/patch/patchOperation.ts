import { isObject, type Json, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { type PointerPath, parsePointer } from "../jsonPointer.ts";
import { limits } from "../limits.ts";

/** One change of a document. Source: Learn, "Partial document update, supported operations". */
export type PatchOperation =
  | { readonly op: "add" | "set" | "replace"; readonly path: PointerPath; readonly value: Json }
  | { readonly op: "incr"; readonly path: PointerPath; readonly value: number }
  | { readonly op: "remove"; readonly path: PointerPath }
  | { readonly op: "move"; readonly path: PointerPath; readonly from: PointerPath };

/** What a client asks to change, and what the document has to satisfy for it. */
export interface Patch {
  /** The rest of a query after `SELECT *`: `FROM c WHERE …`. */
  readonly condition: string | undefined;
  readonly operations: readonly PatchOperation[];
}

const invalid = (): PatchError =>
  new PatchError("Invalid patch request: check syntax of patch specification.");

/**
 * Reads a patch: `{"condition": …, "operations": […]}`, or the operations alone as SDKs for JavaScript send them.
 *
 * @param fixed names at the root of a document that no patch may touch
 * @throws PatchError
 */
export function readPatch(body: Json, fixed: readonly string[]): Patch {
  const specification: JsonObject = Array.isArray(body) ? { operations: body } : isObject(body) ? body : {};
  const condition = own(specification, "condition") ?? undefined;
  const operations = own(specification, "operations");
  if (!Array.isArray(operations) || operations.length === 0) throw invalid();
  if (condition !== undefined && typeof condition !== "string") throw invalid();
  if (operations.length > limits.patchOperations) {
    throw new PatchError(`The number of patch operations can't exceed ${limits.patchOperations}.`);
  }
  return { condition, operations: operations.map((operation) => readOperation(operation, fixed)) };
}

function readOperation(operation: Json, fixed: readonly string[]): PatchOperation {
  if (!isObject(operation)) throw invalid();
  const op = own(operation, "op");
  const path = readPath(own(operation, "path"), fixed);
  const value = own(operation, "value");
  switch (op) {
    case "add":
    case "set":
    case "replace":
      if (value === undefined) throw invalid();
      return { op, path, value };
    case "incr":
    case "increment":
      if (typeof value !== "number") throw invalid();
      return { op: "incr", path, value };
    case "remove":
      return { op, path };
    case "move":
      return { op, path, from: readPath(own(operation, "from"), fixed) };
    default:
      throw invalid();
  }
}

function readPath(text: Json | undefined, fixed: readonly string[]): PointerPath {
  const path = parsePointer(text);
  const [first] = path ?? [];
  if (path === undefined || first === undefined) throw invalid();
  if (fixed.includes(first)) {
    throw new PatchError(`Invalid patch request: Cannot patch system property '${first}'.`);
  }
  return path;
}

/** A patch that the service refuses with 400. The message is the service's, as far as it is documented. */
export class PatchError extends Error {
  override readonly name: string = "PatchError";
}
