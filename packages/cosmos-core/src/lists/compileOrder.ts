import type { Json } from "@cosmos-trpc/base";
import { compilePath, type WriteValue } from "../definition/compileFilter.ts";
import type { OrderTerm } from "../definition/ordering.ts";
import { typeRank } from "./compareValues.ts";

/** What an item has at a path of an order. */
export type OrderValue = Json | undefined;

/** `ORDER BY`'s keys. */
export const compileOrder = (terms: readonly OrderTerm[]): string =>
  terms.map(({ path, isDescending }) => `${compilePath(path)} ${isDescending ? "DESC" : "ASC"}`).join(", ");

/** What holds for items that have just these values. Arrays and objects count as all the same. */
export const compileSame = (
  terms: readonly OrderTerm[],
  values: readonly OrderValue[],
  write: WriteValue,
): string => terms.map((term, index) => same(term, values[index], write)).join(" AND ");

/** What holds for items that come after these values. */
export const compileAfter = (
  terms: readonly OrderTerm[],
  values: readonly OrderValue[],
  write: WriteValue,
): string =>
  terms
    .map((term, index) => {
      const before = terms.slice(0, index);
      const equal = before.length === 0 ? "" : `${compileSame(before, values, write)} AND `;
      return `(${equal}${after(term, values[index], write)})`;
    })
    .join(" OR ");

function same({ path }: OrderTerm, value: OrderValue, write: WriteValue): string {
  const text = compilePath(path);
  if (value === undefined) return `(NOT IS_DEFINED(${text}))`;
  if (Array.isArray(value)) return `IS_ARRAY(${text})`;
  if (typeof value === "object" && value !== null) return `IS_OBJECT(${text})`;
  return `${text} = ${write(value)}`;
}

/** The tests of types in the order of ORDER BY: undefined, null, booleans, numbers, strings, arrays, objects. */
const types: readonly ((path: string) => string)[] = [
  (path) => `(NOT IS_DEFINED(${path}))`,
  (path) => `IS_NULL(${path})`,
  (path) => `IS_BOOL(${path})`,
  (path) => `IS_NUMBER(${path})`,
  (path) => `IS_STRING(${path})`,
  (path) => `IS_ARRAY(${path})`,
  (path) => `IS_OBJECT(${path})`,
];

/** Values of the same type beyond this one, and all of the types beyond. SQL compares only what is of one type. */
function after({ path, isDescending }: OrderTerm, value: OrderValue, write: WriteValue): string {
  const text = compilePath(path);
  const rank = typeRank(value);
  const beyond = isDescending ? types.slice(0, rank) : types.slice(rank + 1);
  const tests = beyond.map((test) => test(text));
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") {
    tests.unshift(`${text} ${isDescending ? "<" : ">"} ${write(value)}`);
  }
  return tests.length === 0 ? "false" : `(${tests.join(" OR ")})`;
}
