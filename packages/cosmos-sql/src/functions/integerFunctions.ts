import type { Value } from "../json.ts";
import { type BuiltInFunction, define, type FunctionFamily } from "./builtInFunction.ts";

/**
 * The functions on 64-bit integers, which wrap around as C++'s do; undefined unless every argument is an
 * integer (documentation: "IntBitLeftShift" and its kin).
 */
export const integerFunctions: FunctionFamily = {
  INTADD: binary((left, right) => left + right),
  INTBITAND: binary((left, right) => left & right),
  INTBITLEFTSHIFT: binary((value, count) => value << (count & 63n)),
  INTBITNOT: define(1, 1, (value) => {
    const integer = toInteger(value);
    return integer === undefined ? undefined : fromInteger(~integer);
  }),
  INTBITOR: binary((left, right) => left | right),
  INTBITRIGHTSHIFT: binary((value, count) => value >> (count & 63n)),
  INTBITXOR: binary((left, right) => left ^ right),
  INTDIV: binary((left, right) => (right === 0n ? undefined : left / right)),
  INTMOD: binary((left, right) => (right === 0n ? undefined : left % right)),
  INTMUL: binary((left, right) => left * right),
  INTSUB: binary((left, right) => left - right),
};

function binary(operate: (left: bigint, right: bigint) => bigint | undefined): BuiltInFunction {
  return define(2, 2, (left, right) => {
    const a = toInteger(left);
    const b = toInteger(right);
    const result = a === undefined || b === undefined ? undefined : operate(a, b);
    return result === undefined ? undefined : fromInteger(result);
  });
}

const integerLimit = 2 ** 63;

function toInteger(value: Value): bigint | undefined {
  const valid =
    typeof value === "number" && Number.isInteger(value) && value >= -integerLimit && value < integerLimit;
  return valid ? BigInt(value) : undefined;
}

function fromInteger(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}
