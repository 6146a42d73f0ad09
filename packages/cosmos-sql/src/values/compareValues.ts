import { isObject, type Json, type JsonArray, type JsonObject, type Value } from "../json.ts";

/**
 * The rank of a value's type in the service's order: undefined, null, false and true, numbers, strings,
 * arrays, objects. Source: documentation, "ORDER BY" and "MAX" (nosql/query/order-by, nosql/query/max).
 */
function typeRank(value: Value): number {
  switch (typeof value) {
    case "undefined":
      return 0;
    case "boolean":
      return 2;
    case "number":
      return 3;
    case "string":
      return 4;
    default:
      return value === null ? 1 : Array.isArray(value) ? 5 : 6;
  }
}

/**
 * Orders strings by code point, which is the order of their UTF-8 bytes, in which the service's index holds
 * them (source: @azure/cosmos, utils/hashing/encoding/string.js: index terms of strings are UTF-8). It differs
 * from JavaScript's own order only where characters beyond U+FFFF meet characters from U+E000 to U+FFFF.
 */
export function compareStrings(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return liftSurrogate(a) - liftSurrogate(b);
  }
  return left.length - right.length;
}

/** Puts the halves of characters beyond U+FFFF above every other code unit. */
function liftSurrogate(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * The order of ORDER BY, MIN and MAX over any two values. Arrays are equal to arrays here and objects to
 * objects: the service documents no order among them.
 */
export function compareValues(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return compareStrings(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  return typeRank(left) - typeRank(right);
}

/** Deep equality of two defined values; the order of an object's properties does not matter. */
export function equalJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  const leftIsArray = Array.isArray(left);
  if (leftIsArray !== Array.isArray(right)) return false;
  return leftIsArray
    ? equalArrays(left as JsonArray, right as JsonArray)
    : equalObjects(left as JsonObject, right as JsonObject);
}

function equalArrays(left: JsonArray, right: JsonArray): boolean {
  return (
    left.length === right.length &&
    left.every((item, index) => {
      const other = right[index];
      return other !== undefined && equalJson(item, other);
    })
  );
}

function equalObjects(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => equalProperty(left, right, name))
  );
}

function equalProperty(left: JsonObject, right: JsonObject, name: string): boolean {
  const mine = left[name];
  const theirs = Object.hasOwn(right, name) ? right[name] : undefined;
  return mine !== undefined && theirs !== undefined && equalJson(mine, theirs);
}

/** A text that two values share exactly when they are equal: the key for DISTINCT and GROUP BY. */
export function identityKey(value: Value): string {
  switch (typeof value) {
    case "undefined":
      return "u";
    case "string":
      return JSON.stringify(value);
    case "object":
      break;
    default:
      // Adding zero makes one of the two zeros.
      return typeof value === "number" ? `${value + 0}` : `${value}`;
  }
  if (value === null) return "null";
  // Built by appending: rows come by the million, and lists of their parts would cost more than the parts.
  let key: string;
  if (isObject(value)) {
    key = "{";
    for (const name of Object.keys(value).sort())
      key += `${JSON.stringify(name)}:${identityKey(value[name])},`;
    return `${key}}`;
  }
  key = "[";
  for (const item of value) key += `${identityKey(item)},`;
  return `${key}]`;
}
