import { finite } from "../values/operations.ts";
import { type BuiltInFunction, define, type FunctionFamily } from "./builtInFunction.ts";

/**
 * The mathematical functions (documentation: "Mathematical functions"). Each answers undefined unless all its
 * arguments are numbers, and where the result is no finite number, for which JSON has no form.
 */
export const mathematicalFunctions: FunctionFamily = {
  ABS: unary(Math.abs),
  ACOS: unary(Math.acos),
  ASIN: unary(Math.asin),
  ATAN: unary(Math.atan),
  ATN2: binary(Math.atan2),
  CEILING: unary(Math.ceil),
  COS: unary(Math.cos),
  COT: unary((angle) => 1 / Math.tan(angle)),
  DEGREES: unary((radians) => (radians * 180) / Math.PI),
  EXP: unary(Math.exp),
  FLOOR: unary(Math.floor),
  LOG: define(1, 2, (value, base) => {
    if (typeof value !== "number" || (base !== undefined && typeof base !== "number")) return undefined;
    return finite(base === undefined ? Math.log(value) : Math.log(value) / Math.log(base));
  }),
  LOG10: unary(Math.log10),
  NUMBERBIN: define(1, 2, (value, size = 1) => {
    if (typeof value !== "number" || typeof size !== "number" || size === 0) return undefined;
    return finite(Math.floor(value / size) * size);
  }),
  PI: define(0, 0, () => Math.PI),
  POWER: binary((base, exponent) => base ** exponent),
  RADIANS: unary((degrees) => (degrees * Math.PI) / 180),
  RAND: define(0, 0, () => Math.random()),
  ROUND: unary(roundHalfAwayFromZero),
  SIGN: unary(Math.sign),
  SIN: unary(Math.sin),
  SQRT: unary(Math.sqrt),
  SQUARE: unary((value) => value * value),
  TAN: unary(Math.tan),
  TRUNC: unary(Math.trunc),
};

function unary(operate: (value: number) => number): BuiltInFunction {
  return define(1, 1, (value) => (typeof value === "number" ? finite(operate(value)) : undefined));
}

function binary(operate: (left: number, right: number) => number): BuiltInFunction {
  return define(2, 2, (left, right) =>
    typeof left === "number" && typeof right === "number" ? finite(operate(left, right)) : undefined,
  );
}

/** "Rounds midpoint values away from zero" (documentation: "ROUND"), unlike Math.round with negative ones. */
function roundHalfAwayFromZero(value: number): number {
  const magnitude = Math.abs(value);
  const whole = Math.floor(magnitude);
  return Math.sign(value) * (magnitude - whole >= 0.5 ? whole + 1 : whole);
}
