import type { Value } from "../json.ts";
import type { BinaryOperator, UnaryOperator } from "../tokens/operators.ts";
import { compareStrings, equalJson } from "./compareValues.ts";
import { checkTextLength } from "./work.ts";

/**
 * Equality: undefined if a side is undefined, else deep. Values of different types are not equal.
 *
 * The documentation's table ("Equality and comparison operators") has undefined for different types; but the
 * service answers `c.x != null` with the items whose `x` is a number or a string, on which Entity Framework's
 * Cosmos provider relies, so different types must compare as false under `=` and true under `!=`.
 */
export function equals(left: Value, right: Value): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  return left === right || equalJson(left, right);
}

/**
 * The sign of left against right where the two may be compared by `<` and its kin: both null, both boolean,
 * both number or both string. Otherwise undefined (documentation: "Equality and comparison operators").
 */
export function compareOrdered(left: Value, right: Value): number | undefined {
  if (typeof left === "number" && typeof right === "number") return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === "string" && typeof right === "string") return compareStrings(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  return left === null && right === null ? 0 : undefined;
}

/** NOT: the other boolean, or undefined for all else. */
export function negate(value: Value): boolean | undefined {
  return typeof value === "boolean" ? !value : undefined;
}

/** A number that JSON can hold, or undefined. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** What a binary operator does, except `??`, whose right side is not always evaluated. */
export const binaryOperations: Readonly<
  Record<Exclude<BinaryOperator, "??">, (left: Value, right: Value) => Value>
> = {
  "=": equals,
  "!=": (left, right) => negate(equals(left, right)),
  "<": ordered((sign) => sign < 0),
  "<=": ordered((sign) => sign <= 0),
  ">": ordered((sign) => sign > 0),
  ">=": ordered((sign) => sign >= 0),
  "+": arithmetic((left, right) => left + right),
  "-": arithmetic((left, right) => left - right),
  "*": arithmetic((left, right) => left * right),
  "/": arithmetic((left, right) => left / right),
  "%": arithmetic((left, right) => left % right),
  "&": arithmetic((left, right) => left & right),
  "|": arithmetic((left, right) => left | right),
  "^": arithmetic((left, right) => left ^ right),
  "<<": arithmetic((left, right) => left << right),
  ">>": arithmetic((left, right) => left >> right),
  ">>>": arithmetic((left, right) => left >>> right),
  "||": (left, right) => {
    if (typeof left !== "string" || typeof right !== "string") return undefined;
    checkTextLength(left.length + right.length);
    return left + right;
  },
};

/** What a unary operator does. */
export const unaryOperations: Readonly<Record<UnaryOperator, (operand: Value) => Value>> = {
  "+": (operand) => (typeof operand === "number" ? operand : undefined),
  "-": (operand) => (typeof operand === "number" ? -operand : undefined),
  "~": (operand) => (typeof operand === "number" ? ~operand : undefined),
  NOT: negate,
};

function ordered(holds: (sign: number) => boolean): (left: Value, right: Value) => Value {
  return (left, right) => {
    const sign = compareOrdered(left, right);
    return sign === undefined ? undefined : holds(sign);
  };
}

function arithmetic(operate: (left: number, right: number) => number): (left: Value, right: Value) => Value {
  return (left, right) =>
    typeof left === "number" && typeof right === "number" ? finite(operate(left, right)) : undefined;
}
