import type { FilterPath, IndexableFilter } from "../query/filter.ts";
import { type IndexingPolicy, isIndexed } from "./indexingPolicy.ts";
import { findComposite, type OrderByPaths } from "./orderBy.ts";

/**
 * Which indexes a query uses, and which would help it: the text of `x-ms-cosmos-index-utilization`, which is
 * percent-encoded JSON. Source: Learn, "Indexing metrics"; `@azure/cosmos`, request/FeedResponse.js; the .NET SDK's
 * IndexMetricsInfo for the names.
 */
export function indexMetrics(policy: IndexingPolicy, filter: IndexableFilter, orderBy: OrderByPaths): string {
  const filtered = new Map(pathsOf(filter).map((path) => [specOf(path), path]));
  for (const { path } of orderBy.length === 1 ? orderBy : []) filtered.set(specOf(path), path);
  const [used, missing] = [true, false].map((wanted) =>
    [...filtered]
      .filter(([, path]) => isIndexed(policy, path.map(nameOf)) === wanted)
      .map(([spec]) => ({ IndexSpec: spec, IndexImpactScore: "High" })),
  );
  const composite = orderBy.length > 1 ? orderBy : compositeFor(filter, orderBy);
  const compositeEntry = [{ IndexSpecs: composite.map(compositeSpec), IndexImpactScore: "High" }];
  const hasComposite = composite.length > 1 && findComposite(policy, composite) !== undefined;
  const metrics = {
    Utilized: { SingleIndexes: used, CompositeIndexes: hasComposite ? compositeEntry : [] },
    Potential: {
      SingleIndexes: missing,
      CompositeIndexes: composite.length > 1 && !hasComposite ? compositeEntry : [],
    },
  };
  return encodeURIComponent(JSON.stringify(metrics));
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
