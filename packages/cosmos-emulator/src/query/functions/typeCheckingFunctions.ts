import { isArray, isObject, isScalar, type Value } from "../../json.ts";
import { type BuiltInFunction, define, type FunctionFamily } from "./builtInFunction.ts";

/** The type-checking functions (documentation: "Type checking functions"); never undefined themselves. */
export const TYPE_CHECKING_FUNCTIONS: FunctionFamily = {
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
