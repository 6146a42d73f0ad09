import { isObject, type Json, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { readPath } from "../partitionKey/partitionKey.ts";
import { badRequest } from "../serviceError.ts";

/** One path of a composite index. */
export interface CompositePath {
  readonly names: readonly string[];
  readonly descending: boolean;
}

/** A pattern of included or excluded paths: `/a/[]/b/?`, `/a/*`. */
interface PathPattern {
  readonly names: readonly string[];
  /** `*` covers everything below, `?` the value at the path itself. */
  readonly end: "*" | "?";
}

/** An indexing policy, checked. */
export interface IndexingPolicy {
  readonly mode: "consistent" | "lazy" | "none";
  readonly included: readonly PathPattern[];
  readonly excluded: readonly PathPattern[];
  readonly composite: readonly (readonly CompositePath[])[];
}

/** What a container has when its definition says nothing. Source: Learn, "Indexing policies". */
const defaultIndexingPolicy: JsonObject = {
  indexingMode: "consistent",
  automatic: true,
  includedPaths: [{ path: "/*" }],
  excludedPaths: [{ path: '/"_etag"/?' }],
};

/** Source: Learn, "Indexing policies, composite indexes". */
const mostCompositePaths = 8;
const mostCompositeIndexes = 100;

const modes = ["consistent", "lazy", "none"] as const;

/** Fills in the defaults of a policy that a client sent, and checks it. */
export function completeIndexingPolicy(value: Json | undefined): JsonObject {
  if (value === undefined || value === null) return defaultIndexingPolicy;
  if (!isObject(value)) throw badRequest("The property 'indexingPolicy' has to be an object.");
  const mode = readMode(value);
  const complete: JsonObject = {
    automatic: mode !== "none",
    ...(mode === "none" ? {} : { includedPaths: [{ path: "/*" }], excludedPaths: [] }),
    ...withoutKinds(value),
    indexingMode: mode,
  };
  const { included, excluded } = parseIndexingPolicy(complete);
  const isRoot = ({ names, end }: PathPattern): boolean => names.length === 0 && end === "*";
  if (mode !== "none" && !included.some(isRoot) && !excluded.some(isRoot)) {
    throw badRequest(
      'The special mandatory indexing path "/" is not provided in any of the path type sets. Please provide this path in one of the sets.',
    );
  }
  // The service adds this path by itself; clients find it in what they read back.
  const etag = '/"_etag"/?';
  const listed = (complete["excludedPaths"] ?? []) as Json[];
  const hasEtag = excluded.some(({ names }) => names.length === 1 && names[0] === "_etag");
  return mode === "none" || hasEtag ? complete : { ...complete, excludedPaths: [...listed, { path: etag }] };
}

/**
 * The policy without the kinds of index that old clients write to each path: the service does not keep them any more.
 * Source: azure-cosmos for Python, tests/test_crud_container.py, test_create_default_indexing_policy.
 */
function withoutKinds(policy: JsonObject): JsonObject {
  const paths = own(policy, "includedPaths");
  if (!Array.isArray(paths)) return policy;
  const includedPaths = paths.map((entry) => {
    if (!isObject(entry)) return entry;
    const { indexes: _, ...kept } = entry;
    return kept;
  });
  return { ...policy, includedPaths };
}

const parsed = new WeakMap<JsonObject, IndexingPolicy>();

/** Reads a policy; of the same object, the same answer again. */
export function parseIndexingPolicy(policy: JsonObject): IndexingPolicy {
  const known = parsed.get(policy);
  if (known !== undefined) return known;
  const read: IndexingPolicy = {
    mode: readMode(policy),
    included: patterns(policy, "includedPaths"),
    excluded: patterns(policy, "excludedPaths"),
    composite: compositeIndexes(own(policy, "compositeIndexes")),
  };
  parsed.set(policy, read);
  return read;
}

function readMode(policy: JsonObject): IndexingPolicy["mode"] {
  const text = own(policy, "indexingMode") ?? "consistent";
  const mode = modes.find((known) => typeof text === "string" && known === text.toLowerCase());
  if (mode === undefined) {
    throw badRequest(`The indexing mode ${JSON.stringify(text)} is none of ${modes.join(", ")}.`);
  }
  return mode;
}

function patterns(policy: JsonObject, name: string): PathPattern[] {
  const list = own(policy, name) ?? [];
  if (!Array.isArray(list)) throw badRequest(`The property 'indexingPolicy.${name}' has to be an array.`);
  return list.map((entry) => {
    const path = isObject(entry) ? own(entry, "path") : undefined;
    if (typeof path !== "string") throw badRequest(`An entry of 'indexingPolicy.${name}' has no path.`);
    return parsePattern(path);
  });
}

function parsePattern(path: string): PathPattern {
  if (path === "/*" || path === "/") return { names: [], end: "*" };
  const end = path.slice(-2);
  if (end !== "/*" && end !== "/?") {
    throw badRequest(
      `The indexing path '${path}' could not be accepted, failed near position '${path.length}'. Please ensure that the path is a valid path: it ends with /? or /*.`,
    );
  }
  return { names: readPath(path.slice(0, -2)), end: end === "/*" ? "*" : "?" };
}

function compositeIndexes(value: Json | undefined): CompositePath[][] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > mostCompositeIndexes) {
    throw badRequest(
      `The property 'indexingPolicy.compositeIndexes' has to be an array of up to ${mostCompositeIndexes} arrays.`,
    );
  }
  return value.map((index) => {
    if (!Array.isArray(index) || index.length < 2 || index.length > mostCompositePaths) {
      throw badRequest(`A composite index has 2 to ${mostCompositePaths} paths.`);
    }
    return index.map((entry) => {
      const path = isObject(entry) ? own(entry, "path") : undefined;
      const order = isObject(entry) ? (own(entry, "order") ?? "ascending") : undefined;
      if (typeof path !== "string" || /\/[*?]$/.test(path)) {
        throw badRequest(`A composite index's path is a path without /? or /*, not ${JSON.stringify(path)}.`);
      }
      if (order !== "ascending" && order !== "descending") {
        throw badRequest(
          `A composite index's order is ascending or descending, not ${JSON.stringify(order)}.`,
        );
      }
      return { names: readPath(path), descending: order === "descending" };
    });
  });
}

/**
 * Whether the value at a path is indexed: of the patterns that cover it the most precise decides, `?` over `*`, and an
 * included one over an excluded one. Source: Learn, "Indexing policies, include/exclude precedence".
 */
export function isIndexed({ mode, included, excluded }: IndexingPolicy, names: readonly string[]): boolean {
  if (mode === "none") return false;
  const precision = (pattern: PathPattern): number =>
    covers(pattern, names) ? pattern.names.length * 2 + (pattern.end === "?" ? 1 : 0) : -1;
  const best = (list: readonly PathPattern[]): number => Math.max(-1, ...list.map(precision));
  const include = best(included);
  return include >= 0 && include >= best(excluded);
}

function covers(pattern: PathPattern, names: readonly string[]): boolean {
  const isLongEnough =
    pattern.end === "*" ? names.length >= pattern.names.length : names.length === pattern.names.length;
  return isLongEnough && pattern.names.every((name, index) => name === names[index]);
}
