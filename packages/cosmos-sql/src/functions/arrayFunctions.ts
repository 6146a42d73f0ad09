import { isArray, isObject, type Json, type JsonArray, own, setOwnProperty, type Value } from "../json.ts";
import { compareValues, equalJson, identityKey } from "../values/compareValues.ts";
import { finite } from "../values/operations.ts";
import { type BuiltInFunction, define, defineForEach, type FunctionFamily } from "./builtInFunction.ts";

/** The array and set functions (documentation: "Array functions"). */
export const arrayFunctions: FunctionFamily = {
  ARRAY_AVG: overNumbers((numbers) =>
    numbers.length === 0 ? undefined : finite(total(numbers) / numbers.length),
  ),
  ARRAY_CONCAT: define(2, Number.POSITIVE_INFINITY, (...arrays) =>
    arrays.every(isArray) ? arrays.flat(1) : undefined,
  ),
  ARRAY_CONTAINS: define(2, 3, (array, sought, partial = false) => {
    if (typeof partial !== "boolean") return undefined;
    return contains(array, sought, partial);
  }),
  ARRAY_CONTAINS_ALL: defineForEach(2, (array, ...sought) => {
    const found = sought.map((value) => contains(array, value, false));
    return found.includes(false) ? false : found.includes(undefined) ? undefined : true;
  }),
  ARRAY_CONTAINS_ANY: defineForEach(2, (array, ...sought) => {
    const found = sought.map((value) => contains(array, value, false));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  }),
  ARRAY_LENGTH: define(1, 1, (array) => (isArray(array) ? array.length : undefined)),
  ARRAY_MAX: define(1, 1, (array) => extreme(array, 1)),
  ARRAY_MEDIAN: overNumbers((numbers) => {
    const sorted = numbers.toSorted((left, right) => left - right);
    const upper = sorted[Math.floor(sorted.length / 2)];
    const lower = sorted[Math.floor((sorted.length - 1) / 2)];
    return upper === undefined || lower === undefined ? undefined : finite((lower + upper) / 2);
  }),
  ARRAY_MIN: define(1, 1, (array) => extreme(array, -1)),
  ARRAY_SLICE: define(2, 3, (array, start, length = Number.MAX_SAFE_INTEGER) => {
    if (!isArray(array) || typeof start !== "number" || typeof length !== "number") return undefined;
    const first = Math.trunc(start);
    const from = first < 0 ? Math.max(0, array.length + first) : first;
    return array.slice(from, from + Math.max(0, Math.trunc(length)));
  }),
  ARRAY_SUM: overNumbers((numbers) => finite(total(numbers))),
  CHOOSE: define(2, Number.POSITIVE_INFINITY, (index, ...choices) =>
    typeof index === "number" ? choices[Math.trunc(index) - 1] : undefined,
  ),
  OBJECTTOARRAY: define(1, 3, (object, nameOfName = "k", nameOfValue = "v") => {
    if (!isObject(object) || typeof nameOfName !== "string" || typeof nameOfValue !== "string") {
      return undefined;
    }
    return Object.entries(object).map(([name, value]) => {
      const entry = {};
      setOwnProperty(entry, nameOfName, name);
      setOwnProperty(entry, nameOfValue, value);
      return entry;
    });
  }),
  SETDIFFERENCE: overSets((left, right) => withKeys(left, right, false)),
  SETEQUAL: overSets((left, right) => left.size === right.size && left.keys().every((key) => right.has(key))),
  SETINTERSECT: overSets((left, right) => withKeys(left, right, true)),
  SETUNION: overSets((left, right) => [...new Map([...left, ...right]).values()]),
};

function contains(array: Value, sought: Value, partial: boolean): boolean | undefined {
  if (!isArray(array) || sought === undefined) return undefined;
  return array.some((item) => (partial ? includesPart(item, sought) : equalJson(item, sought)));
}

/** Whether the value has at least what the part has ("ARRAY_CONTAINS", partial match). */
function includesPart(value: Json, part: Json): boolean {
  if (!isObject(part) || !isObject(value)) return equalJson(value, part);
  return Object.entries(part).every(([name, wanted]) => {
    const found = own(value, name);
    return found !== undefined && includesPart(found, wanted);
  });
}

function overNumbers(compute: (numbers: readonly number[]) => Value): BuiltInFunction {
  return define(1, 1, (array) =>
    isArray(array) && array.every((item) => typeof item === "number") ? compute(array) : undefined,
  );
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function extreme(array: Value, sign: 1 | -1): Value {
  if (!isArray(array) || array.some((item) => typeof item === "object" && item !== null)) return undefined;
  return array.reduce<Value>(
    (best, item) => (best === undefined || compareValues(item, best) * sign > 0 ? item : best),
    undefined,
  );
}

function overSets(
  compute: (left: ReadonlyMap<string, Json>, right: ReadonlyMap<string, Json>) => Value,
): BuiltInFunction {
  return define(2, 2, (left, right) =>
    isArray(left) && isArray(right) ? compute(byKey(left), byKey(right)) : undefined,
  );
}

function byKey(array: JsonArray): Map<string, Json> {
  return new Map(array.map((item) => [identityKey(item), item]));
}

function withKeys(
  items: ReadonlyMap<string, Json>,
  keys: ReadonlyMap<string, Json>,
  wanted: boolean,
): Json[] {
  return [...items].filter(([key]) => keys.has(key) === wanted).map(([, item]) => item);
}
