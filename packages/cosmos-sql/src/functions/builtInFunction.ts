import type { Value } from "../json.ts";

/** The time that date functions read. Both are 100-nanosecond ticks since the Unix epoch. */
export interface QueryClock {
  /** The time now. */
  current(): bigint;
  /** The time at which the query's execution began: what the `Static` functions answer. */
  started(): bigint;
}

/** A function of the query language. */
export interface BuiltInFunction {
  readonly minimum: number;
  /** Infinity where any number of arguments may follow. */
  readonly maximum: number;
  /** Evaluates the call. Arguments left out are undefined. */
  readonly evaluate: (...args: Value[]) => Value;
  /** A function of the clock, which makes the one to evaluate; `evaluate` is then not used. */
  readonly withClock?: (clock: QueryClock) => (...args: Value[]) => Value;
  /** Units of work beyond going through each argument once: where that is not all that it takes. */
  readonly cost?: (...args: Value[]) => number;
}

/** Functions by their names in capitals. */
export type FunctionFamily = Readonly<Record<string, BuiltInFunction>>;

/** A function with a fixed or bounded number of arguments. */
export function define(
  minimum: number,
  maximum: number,
  evaluate: (...args: Value[]) => Value,
): BuiltInFunction {
  return { minimum, maximum, evaluate };
}

/** A function that may go through its first argument once for each of the others. */
export function defineForEach(minimum: number, evaluate: (...args: Value[]) => Value): BuiltInFunction {
  const cost = (first: Value, ...others: Value[]): number =>
    (typeof first === "string" ? first.length / 16 : Array.isArray(first) ? first.length : 0) * others.length;
  return { minimum, maximum: Number.POSITIVE_INFINITY, evaluate, cost };
}

/** A function of the clock. */
export function defineWithClock(
  minimum: number,
  maximum: number,
  withClock: (clock: QueryClock) => (...args: Value[]) => Value,
): BuiltInFunction {
  return { minimum, maximum, evaluate: () => undefined, withClock };
}
