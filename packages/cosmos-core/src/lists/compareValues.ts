import type { Json } from "@cosmos-trpc/base";

type Value = Json | undefined;

/**
 * Cosmos DB's order of types in ORDER BY. Source: Learn, "ORDER BY (NoSQL query), remarks". Arrays are equal to each
 * other here, and objects: the service documents no order among them.
 */
export function typeRank(value: Value): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === "boolean") return 2;
  if (typeof value === "number") return 3;
  if (typeof value === "string") return 4;
  return Array.isArray(value) ? 5 : 6;
}

/** Orders two values as ORDER BY does, ascending. */
export function compareValues(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return compareStrings(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  return typeRank(left) - typeRank(right);
}

/** By code point, as the service's index holds strings: UTF-8. JavaScript's own order goes by halves of surrogates. */
function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (one !== other) return lifted(one) - lifted(other);
  }
  return left.length - right.length;
}

const lifted = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
