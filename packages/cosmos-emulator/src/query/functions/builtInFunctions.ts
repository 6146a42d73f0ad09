import { ARRAY_FUNCTIONS } from "./arrayFunctions.ts";
import type { BuiltInFunction } from "./builtInFunction.ts";
import { CONDITIONAL_FUNCTIONS } from "./conditionalFunctions.ts";
import { DATE_TIME_FUNCTIONS } from "./dateTimeFunctions.ts";
import { INTEGER_FUNCTIONS } from "./integerFunctions.ts";
import { ITEM_FUNCTIONS } from "./itemFunctions.ts";
import { MATHEMATICAL_FUNCTIONS } from "./mathematicalFunctions.ts";
import { STRING_FUNCTIONS } from "./stringFunctions.ts";
import { TYPE_CHECKING_FUNCTIONS } from "./typeCheckingFunctions.ts";

/** Every function of the language, by its name in capitals; aggregates are not among them. */
export const BUILT_IN_FUNCTIONS: ReadonlyMap<string, BuiltInFunction> = new Map(
  [
    ARRAY_FUNCTIONS,
    CONDITIONAL_FUNCTIONS,
    DATE_TIME_FUNCTIONS,
    INTEGER_FUNCTIONS,
    ITEM_FUNCTIONS,
    MATHEMATICAL_FUNCTIONS,
    STRING_FUNCTIONS,
    TYPE_CHECKING_FUNCTIONS,
  ].flatMap((family) => Object.entries(family)),
);
