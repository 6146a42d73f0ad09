import { isObject, type Json, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { limits } from "../../limits.ts";
import { hasWildcard, readPath } from "../../partitionKey/partitionKey.ts";
import { badRequest } from "../../serviceError.ts";

/**
 * Reads and checks the `uniqueKeyPolicy` of a container's definition: up to 10 constraints of up to 16 paths;
 * `undefined` where there is none. Source: Learn, "Unique key constraints in Azure Cosmos DB".
 */
export function readUniqueKeyPolicy(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid("has to be an object");
  const keys = own(value, "uniqueKeys") ?? [];
  if (!Array.isArray(keys)) throw invalid("needs 'uniqueKeys', an array");
  if (keys.length === 0) return undefined;
  if (keys.length > limits.uniqueKeys) {
    throw invalid(`has ${keys.length} constraints, at most ${limits.uniqueKeys} are allowed`);
  }
  return { uniqueKeys: keys.map(readUniqueKey) };
}

function readUniqueKey(key: Json): JsonObject {
  const paths = isObject(key) ? own(key, "paths") : undefined;
  if (!Array.isArray(paths) || paths.length === 0) throw invalid("needs constraints with 'paths', an array");
  if (paths.length > limits.uniqueKeyPaths) {
    throw invalid(`has a constraint of ${paths.length} paths, at most ${limits.uniqueKeyPaths} are allowed`);
  }
  const read = paths.map((path) => {
    if (typeof path !== "string") throw invalid("has a path that is not a string");
    if (hasWildcard(path)) {
      throw invalid(`has the path '${path}': a path leads to one value, without wildcards`);
    }
    return path;
  });
  if (new Set(read.map((path) => JSON.stringify(readPath(path)))).size < read.length) {
    throw invalid("has a constraint that names a path twice");
  }
  return { paths: read };
}

const invalid = (reason: string): Error => badRequest(`The unique key policy ${reason}.`);
