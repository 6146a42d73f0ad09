import { define, type FunctionFamily } from "./builtInFunction.ts";

/** The conditional function (documentation: "IIF"): what is not true, undefined too, takes the second branch. */
export const CONDITIONAL_FUNCTIONS: FunctionFamily = {
  IIF: define(3, 3, (condition, whenTrue, otherwise) => (condition === true ? whenTrue : otherwise)),
};
