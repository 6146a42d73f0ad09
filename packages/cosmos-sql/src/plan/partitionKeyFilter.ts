import type { QueryParameter } from "../evaluation/compileQuery.ts";
import type { Scalar } from "../json.ts";
import { parsePath } from "../propertyPath.ts";
import type { Query } from "../syntax/ast.ts";
import type { FilterPath, IndexableFilter } from "./filter.ts";
import { indexableFilter } from "./indexableFilter.ts";

/**
 * The one full partition key to which a query's WHERE confines it, or undefined. `paths` are the container's
 * partition key paths, like `/tenant/id`.
 */
export function singlePartitionKey(
  query: Query,
  parameters: Iterable<QueryParameter>,
  paths: readonly string[],
): readonly Scalar[] | undefined {
  const pinned = pinnedPartitionKeys(indexableFilter(query, parameters), paths);
  const [key] = pinned;
  return pinned.length === 1 && key?.length === paths.length ? key : undefined;
}

/** So many combinations of values at the most make ranges of their own. */
const maxKeys = 2000;

/**
 * The partition keys, or their leading parts, to which a filter confines a query. No key at all means that no
 * item can match; one empty key means that nothing confines it.
 */
export function pinnedPartitionKeys(
  filter: IndexableFilter,
  paths: readonly string[],
): readonly (readonly Scalar[])[] {
  let keys: (readonly Scalar[])[] = filter.kind === "none" ? [] : [[]];
  for (const path of paths) {
    const values = pinnedValues(filter, parsePath(path) ?? []);
    if (values === undefined || values.length * keys.length > maxKeys) break;
    keys = keys.flatMap((key) => values.map((value) => [...key, value]));
  }
  return keys;
}

/** The values that the path can have under the filter, or undefined if it can have any. */
function pinnedValues(filter: IndexableFilter, path: FilterPath): readonly Scalar[] | undefined {
  switch (filter.kind) {
    case "none":
      return [];
    case "equals":
      return samePath(filter.path, path) ? [filter.value] : undefined;
    case "in":
      return samePath(filter.path, path) ? filter.values : undefined;
    case "and":
      return filter.filters
        .map((part) => pinnedValues(part, path))
        .reduce((left, right) => intersect(left, right), undefined);
    case "or": {
      const alternatives = filter.filters.map((part) => pinnedValues(part, path));
      return alternatives.every((values) => values !== undefined)
        ? [...new Set(alternatives.flat())]
        : undefined;
    }
    default:
      return undefined;
  }
}

function intersect(
  left: readonly Scalar[] | undefined,
  right: readonly Scalar[] | undefined,
): readonly Scalar[] | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const kept = new Set(right);
  return left.filter((value) => kept.has(value));
}

function samePath(left: FilterPath, right: FilterPath): boolean {
  return left.length === right.length && left.every((step, index) => step === right[index]);
}
