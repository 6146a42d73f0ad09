import type { FilterPath, IndexableFilter } from "@cosmos-trpc/cosmos-sql";
import { type IndexingPolicy, isIndexed } from "./indexingPolicy.ts";
import { findComposite, type OrderByPaths } from "./orderBy.ts";

/** Which indexes a query uses, and which it would gain from; a composite one by the paths that it has or needs. */
interface IndexUse {
  readonly used: readonly string[];
  readonly missing: readonly string[];
  readonly composite: readonly string[];
  readonly hasComposite: boolean;
}

/**
 * @param key the partition key's path, where the request names the key: its index is then used, whatever the query says.
 *   Source: azure-cosmos for Python, tests/test_query.py.
 */
function indexUse(
  policy: IndexingPolicy,
  filter: IndexableFilter,
  orderBy: OrderByPaths,
  key?: readonly string[],
): IndexUse {
  const filtered = new Map(pathsOf(filter).map((path) => [specOf(path), path]));
  if (key !== undefined) filtered.set(specOf(key), key);
  for (const { path } of orderBy.length === 1 ? orderBy : []) filtered.set(specOf(path), path);
  const specs = (wanted: boolean): string[] =>
    [...filtered].filter(([, path]) => isIndexed(policy, path.map(nameOf)) === wanted).map(([spec]) => spec);
  const wanted = orderBy.length > 1 ? orderBy : compositeFor(filter, orderBy);
  const composite = wanted.length > 1 ? wanted : [];
  return {
    used: specs(true),
    missing: specs(false),
    composite: composite.map(compositeSpec),
    hasComposite: composite.length > 1 && findComposite(policy, composite) !== undefined,
  };
}

/**
 * The text of `x-ms-cosmos-index-utilization` in its second version, which is percent-encoded JSON.
 * Source: Learn, "Indexing metrics"; `@azure/cosmos`, request/FeedResponse.js; the .NET SDK's IndexMetricsInfo for the
 * names.
 */
export function indexMetrics(...query: Parameters<typeof indexUse>): string {
  const { used, missing, composite, hasComposite } = indexUse(...query);
  const single = (specs: readonly string[]): object[] =>
    specs.map((IndexSpec) => ({ IndexSpec, IndexImpactScore: "High" }));
  const several = composite.length === 0 ? [] : [{ IndexSpecs: composite, IndexImpactScore: "High" }];
  const metrics = {
    Utilized: { SingleIndexes: single(used), CompositeIndexes: hasComposite ? several : [] },
    Potential: { SingleIndexes: single(missing), CompositeIndexes: hasComposite ? [] : several },
  };
  return encodeURIComponent(JSON.stringify(metrics));
}

/**
 * The same in the first version, which is JSON in base64: what the Python, Go and Java SDKs ask for.
 * Source: the Java SDK's IndexUtilizationInfo and SingleIndexUtilizationEntity; azure-cosmos for Python, _utils.py.
 */
export function firstIndexMetrics(...query: Parameters<typeof indexUse>): string {
  const { used, missing, composite, hasComposite } = indexUse(...query);
  const single = (specs: readonly string[]): object[] =>
    specs.map((IndexSpec) => ({
      FilterExpression: "",
      IndexSpec,
      FilterPreciseSet: true,
      IndexPreciseSet: true,
      IndexImpactScore: "High",
    }));
  const several =
    composite.length === 0
      ? []
      : [{ IndexSpecs: composite, IndexPreciseSet: true, IndexImpactScore: "High" }];
  const metrics = {
    UtilizedSingleIndexes: single(used),
    PotentialSingleIndexes: single(missing),
    UtilizedCompositeIndexes: hasComposite ? several : [],
    PotentialCompositeIndexes: hasComposite ? [] : several,
  };
  return Buffer.from(JSON.stringify(metrics)).toString("base64");
}

/** What a filter on several paths would gain from: equalities first, then one range, or the path of ORDER BY. */
function compositeFor(filter: IndexableFilter, orderBy: OrderByPaths): OrderByPaths {
  if (filter.kind !== "and") return [];
  const plain = (path: FilterPath): path is readonly string[] =>
    path.every((step) => typeof step === "string");
  const equal: string[][] = [];
  const ranged: string[][] = [];
  for (const part of filter.filters) {
    if (!("path" in part) || !plain(part.path)) continue;
    if (part.kind === "equals" || part.kind === "in") equal.push([...part.path]);
    else if (part.kind === "range") ranged.push([...part.path]);
  }
  const last = orderBy[0] ?? (ranged[0] === undefined ? undefined : { path: ranged[0], descending: false });
  const paths = equal.map((path) => ({ path, descending: last?.descending ?? false }));
  return last === undefined ? paths : [...paths, last];
}

function pathsOf(filter: IndexableFilter): FilterPath[] {
  switch (filter.kind) {
    case "all":
    case "none":
      return [];
    case "and":
    case "or":
      return filter.filters.flatMap(pathsOf);
    default:
      return [filter.path];
  }
}

const nameOf = (step: string | number): string => (typeof step === "string" ? step : "[]");

const specOf = (path: FilterPath): string => `/${path.map(nameOf).join("/")}/?`;

const compositeSpec = ({ path, descending }: OrderByPaths[number]): string =>
  `/${path.join("/")} ${descending ? "DESC" : "ASC"}`;
