import { isArray, isObject, isScalar, own, type Value } from "../json.ts";
import { arrayFunctions } from "./arrayFunctions.ts";
import { type BuiltInFunction, define, type FunctionFamily } from "./builtInFunction.ts";
import { dateTimeFunctions } from "./dateTimeFunctions.ts";
import { integerFunctions } from "./integerFunctions.ts";
import { mathematicalFunctions } from "./mathematicalFunctions.ts";
import { stringFunctions } from "./stringFunctions.ts";

/** The conditional function (documentation: "IIF"): what is not true, undefined too, takes the second branch. */
const conditionalFunctions: FunctionFamily = {
  IIF: define(3, 3, (condition, whenTrue, otherwise) => (condition === true ? whenTrue : otherwise)),
};

/**
 * DOCUMENTID: the item's number within its physical partition, which its `_rid` carries in the last eight of
 * its sixteen bytes, least significant first. Sources: documentation, "DocumentId", whose example pairs
 * `36ZyAPW+uN8NAAAAAAAAAA==` with 13; @azure/cosmos, RidSkipCountFilter.js.
 */
const itemFunctions: FunctionFamily = {
  DOCUMENTID: define(1, 1, (item) => {
    const rid = isObject(item) ? own(item, "_rid") : undefined;
    if (typeof rid !== "string") return undefined;
    const bytes = Buffer.from(rid.replaceAll("-", "/"), "base64");
    return bytes.length < 16 ? undefined : Number(bytes.readBigUInt64LE(8));
  }),
};

/** The type-checking functions (documentation: "Type checking functions"); never undefined themselves. */
const typeCheckingFunctions: FunctionFamily = {
  IS_ARRAY: check(isArray),
  IS_BOOL: check((value) => typeof value === "boolean"),
  IS_DEFINED: check((value) => value !== undefined),
  IS_FINITE_NUMBER: check((value) => typeof value === "number" && Number.isFinite(value)),
  IS_INTEGER: check((value) => Number.isInteger(value)),
  IS_NULL: check((value) => value === null),
  IS_NUMBER: check((value) => typeof value === "number"),
  IS_OBJECT: check(isObject),
  IS_PRIMITIVE: check(isScalar),
  IS_STRING: check((value) => typeof value === "string"),
};

function check(test: (value: Value) => boolean): BuiltInFunction {
  return define(1, 1, test);
}

/** Every function of the language, by its name in capitals; aggregates are not among them. */
export const builtInFunctions: ReadonlyMap<string, BuiltInFunction> = new Map(
  [
    arrayFunctions,
    conditionalFunctions,
    dateTimeFunctions,
    integerFunctions,
    itemFunctions,
    mathematicalFunctions,
    stringFunctions,
    typeCheckingFunctions,
  ].flatMap((family) => Object.entries(family)),
);

/** The families that are refused: geospatial, full-text, hybrid and vector search. */
const unsupportedFunction = /^(?:ST_[A-Z]+|FULLTEXT[A-Z]*|VECTORDISTANCE|RRF)$/;

/** Whether the service has the function, by its name in capitals, and this package does not. */
export function isUnsupportedFunction(name: string): boolean {
  return unsupportedFunction.test(name);
}
