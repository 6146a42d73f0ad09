import type { Scalar } from "../json.ts";

/** Stands in a path for "any element of the array". */
export const anyElement = 0;

/** A path from the item's root: property names, and anyElement for an array's elements. */
export type FilterPath = readonly (string | typeof anyElement)[];

/** One end of a range. */
interface FilterBound {
  readonly value: Scalar;
  readonly inclusive: boolean;
}

/** The types that a scalar term can have. */
export type ScalarType = "null" | "boolean" | "number" | "string";

/**
 * A condition on items that an index of scalar terms can answer. It never excludes an item that the query's
 * WHERE accepts; it may accept others, so the evaluator has to look at each candidate.
 *
 * - `all`, `none`: every item, no item.
 * - `equals`, `in`: some value at the path equals (one of) the values. No value occurs twice in `in`.
 * - `range`: some value at the path has the bounds' type and lies between them, in the order of
 *   `compareValues`: numbers by size, strings by code point (the order of UTF-8 bytes).
 * - `prefix`: some string at the path begins so.
 * - `type`: some scalar at the path is of the type.
 * - `defined`: the path has any value, an empty array or object too, for which a scalar index has no term: a
 *   store whose index holds scalars only must take `defined` for `all`.
 */
export type IndexableFilter =
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  | { readonly kind: "and"; readonly filters: readonly IndexableFilter[] }
  | { readonly kind: "or"; readonly filters: readonly IndexableFilter[] }
  | { readonly kind: "equals"; readonly path: FilterPath; readonly value: Scalar }
  | { readonly kind: "in"; readonly path: FilterPath; readonly values: readonly Scalar[] }
  | {
      readonly kind: "range";
      readonly path: FilterPath;
      readonly type: ScalarType;
      readonly lower: FilterBound | undefined;
      readonly upper: FilterBound | undefined;
    }
  | { readonly kind: "prefix"; readonly path: FilterPath; readonly prefix: string }
  | { readonly kind: "type"; readonly path: FilterPath; readonly type: ScalarType }
  | { readonly kind: "defined"; readonly path: FilterPath };

/** Every item. */
export const everyItem: IndexableFilter = { kind: "all" };

/** No item. */
export const noItem: IndexableFilter = { kind: "none" };

/** Both or all of the filters. */
export function allOf(filters: readonly IndexableFilter[]): IndexableFilter {
  return combine("and", filters, "none", "all");
}

/** One of the filters. */
export function anyOf(filters: readonly IndexableFilter[]): IndexableFilter {
  return combine("or", filters, "all", "none");
}

/** One of the values at the path. */
export function oneOf(path: FilterPath, values: readonly Scalar[]): IndexableFilter {
  const distinct = [...new Set(values)];
  const [value] = distinct;
  if (value === undefined) return noItem;
  return distinct.length === 1 ? { kind: "equals", path, value } : { kind: "in", path, values: distinct };
}

/** The filter without its conditions on items' properties of these names, of which an index knows nothing. */
export function withoutProperties(
  filter: IndexableFilter,
  names: { has(name: string): boolean },
): IndexableFilter {
  switch (filter.kind) {
    case "all":
    case "none":
      return filter;
    case "and":
      return allOf(filter.filters.map((part) => withoutProperties(part, names)));
    case "or":
      return anyOf(filter.filters.map((part) => withoutProperties(part, names)));
    default: {
      const [first] = filter.path;
      return typeof first === "string" && names.has(first) ? everyItem : filter;
    }
  }
}

/** The type of a scalar. */
export function scalarType(value: Scalar): ScalarType {
  return value === null ? "null" : (typeof value as ScalarType);
}

function combine(
  kind: "and" | "or",
  filters: readonly IndexableFilter[],
  absorbing: "all" | "none",
  neutral: "all" | "none",
): IndexableFilter {
  const flat = filters
    .flatMap((filter) => (filter.kind === kind ? filter.filters : [filter]))
    .filter((filter) => filter.kind !== neutral);
  if (flat.some((filter) => filter.kind === absorbing)) return { kind: absorbing };
  const [only] = flat;
  if (only === undefined) return { kind: neutral };
  return flat.length === 1 ? only : { kind, filters: flat };
}
