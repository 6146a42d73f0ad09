import { parsePath, valueAt } from "@cosmos-trpc/cosmos-sql";
import { isObject, type Json, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { limits } from "../limits.ts";
import { badRequest, type ServiceError } from "../serviceError.ts";

/** One component of a partition key. `undefined` is the key of documents that lack the path. */
export type PartitionKeyValue = string | number | boolean | null | undefined;

/** How a container is partitioned. Source: Learn, REST "Create a Collection". */
export interface PartitionKeyDefinition {
  /** One path, or up to three for a hierarchical key. */
  paths: string[];
  kind: "Hash" | "MultiHash";
  /** 2 hashes the whole key (up to 2,048 bytes), 1 its first 100 characters. */
  version: 1 | 2;
  /** Of a container that was made without a partition key, as clients could until 2018: requests need not name one. */
  systemKey?: true;
}

/**
 * How a container is partitioned that was made without a partition key: by a property that documents lack.
 * Source: `@azure/cosmos`, extractPartitionKey.js; Learn, "Migrate non-partitioned containers to partitioned containers".
 */
export const systemPartitionKey = {
  paths: ["/_partitionKey"],
  kind: "Hash",
  version: 1,
  systemKey: true,
} satisfies PartitionKeyDefinition;

/** The most levels that a hierarchical partition key has. Source: Learn, "Hierarchical partition keys". */
const maxLevels = 3;

/** Reads and checks the `partitionKey` of a container's definition. */
export function readPartitionKeyDefinition(input: Json | undefined): PartitionKeyDefinition {
  if (!isObject(input)) {
    throw badRequest("The partition key definition is missing: a container needs 'partitionKey.paths'.");
  }
  const paths = own(input, "paths");
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === "string")) {
    throw badRequest("The partition key definition needs 'paths', an array of strings.");
  }
  const kind = own(input, "kind") ?? (paths.length > 1 ? "MultiHash" : "Hash");
  if (kind !== "Hash" && kind !== "MultiHash") {
    throw badRequest(`The partition key kind '${String(kind)}' is none of Hash, MultiHash.`);
  }
  const version = readVersion(own(input, "version") ?? (kind === "MultiHash" ? 2 : 1));
  const most = kind === "Hash" ? 1 : maxLevels;
  if (paths.length > most) {
    throw badRequest(
      `Too many partition key paths: ${paths.length}. Kind Hash has one, several need kind MultiHash, which has up to ${maxLevels}.`,
    );
  }
  if (kind === "MultiHash" && version !== 2) {
    throw badRequest("A partition key of kind MultiHash has version 2.");
  }
  for (const path of paths) {
    if (!path.startsWith("/")) {
      // Source of the text: Azure/azure-sdk-for-js, the tests of its containers.
      throw badRequest(
        `The partition key component definition path '${path}' could not be accepted, failed near position '0'. Partition key paths begin with a slash.`,
      );
    }
    if (hasWildcard(path)) {
      throw badRequest(`The partition key path '${path}' leads to no one value: it has no wildcards.`);
    }
  }
  if (new Set(paths.map((path) => JSON.stringify(readPath(path)))).size < paths.length) {
    throw badRequest("The partition key definition names a path twice.");
  }
  const isSystemKey = own(input, "systemKey") === true && paths.join() === systemPartitionKey.paths.join();
  return { paths, kind, version, ...(isSystemKey ? { systemKey: true } : {}) };
}

/** Whether a path is one of many values, as in an indexing policy. Source: Learn, REST "Create Collection". */
export const hasWildcard = (path: string): boolean =>
  readPath(path).some((name) => name === "*" || name === "?" || name === "[]");

/** The version as a number or, from the Java SDK, by its name there. Source: its PartitionKeyDefinitionVersion. */
function readVersion(value: Json): 1 | 2 {
  if (value === 1 || value === "V1") return 1;
  if (value === 2 || value === "V2") return 2;
  throw badRequest(`The partition key version '${String(value)}' is none of 1, 2.`);
}

/** Splits `/a/"b c"/d` into its property names. */
export function readPath(path: string): readonly string[] {
  const names = parsePath(path);
  if (names === undefined) {
    throw badRequest(`The path '${path}' is not valid: it reads /name or /outer/inner.`);
  }
  return names;
}

/** A document's partition key: a value a path, `undefined` where the path is missing or no scalar. */
export function extractPartitionKey(
  document: JsonObject,
  definition: PartitionKeyDefinition,
): PartitionKeyValue[] {
  return definition.paths.map((path) => {
    const value = valueAt(document, readPath(path));
    return typeof value === "object" && value !== null ? undefined : value;
  });
}

/**
 * Reads the `x-ms-documentdb-partitionkey` header: a JSON array in which `{}` stands for a missing value.
 * Source: Learn, REST "Common request headers"; `@azure/cosmos`, documents/PartitionKeyInternal.js.
 */
export function parsePartitionKeyHeader(header: string): PartitionKeyValue[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(header);
  } catch {
    throw badRequest(`The partition key header is not JSON: ${header.slice(0, 100)}`);
  }
  if (!Array.isArray(parsed)) throw badRequest("The partition key header is not a JSON array.");
  return parsed.map((value: unknown) => {
    if (isObject(value) && Object.keys(value).length === 0) return undefined;
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) {
      return value as PartitionKeyValue;
    }
    throw badRequest("A partition key's value is a string, a number, a boolean or null.");
  });
}

/**
 * The partition key that a request about a document names in its header.
 *
 * @throws ServiceError 400 when it names none, and the container has no system key
 */
export function requestedKey(
  header: string | undefined,
  { systemKey }: PartitionKeyDefinition,
): PartitionKeyValue[] {
  if (header === undefined && systemKey === undefined) {
    throw badRequest("PartitionKey value must be supplied for this operation.");
  }
  const values = parsePartitionKeyHeader(header ?? "[]");
  return values.length === 0 && systemKey === true ? [undefined] : values;
}

/**
 * 400/1001: a key that cannot be of this container, for it has too few values, or too many.
 * Source: azure-cosmos for Python, tests/test_crud_subpartition.py and test_transactional_batch.py.
 */
export const wrongKeyLength = (given: number, wanted: number): ServiceError =>
  badRequest(
    `Partition key provided either doesn't correspond to definition in the collection or doesn't match partition key field values specified in the document. It has ${given} values, the definition ${wanted} paths.`,
    1001,
  );

/** The text by which documents of one partition key are found: equal keys, equal text. */
export function partitionKeyText(values: readonly PartitionKeyValue[]): string {
  return JSON.stringify(values.map((value) => (value === undefined ? {} : value)));
}

/** Refuses values that are too long. */
export function checkPartitionKeySize(values: readonly PartitionKeyValue[]): void {
  for (const value of values) {
    if (typeof value === "string" && Buffer.byteLength(value) > limits.partitionKeyBytes) {
      throw badRequest(
        `Partition key value is too large: ${Buffer.byteLength(value)} bytes, at most ${limits.partitionKeyBytes}.`,
      );
    }
  }
}
