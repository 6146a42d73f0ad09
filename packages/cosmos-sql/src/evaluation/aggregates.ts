import type { Json, Value } from "../json.ts";
import type { CallExpression, Expression } from "../syntax/ast.ts";
import { compareValues, identityKey } from "../values/compareValues.ts";
import { finite } from "../values/operations.ts";

/** Gathers one aggregate's values over the rows of a group. */
export interface Accumulator {
  add(value: Value): void;
  result(): Value;
}

/** The aggregates by their names in the language. */
export type AggregateName = "AVG" | "COUNT" | "COUNTIF" | "MAKELIST" | "MAKESET" | "MAX" | "MIN" | "SUM";

const accumulators: Readonly<Record<AggregateName, () => Accumulator>> = {
  AVG: average,
  COUNT: () => counting((value) => value !== undefined),
  COUNTIF: () => counting((value) => value === true),
  MAKELIST: () => gathering(false),
  MAKESET: () => gathering(true),
  MAX: () => extreme(1),
  MIN: () => extreme(-1),
  SUM: sum,
};

/** The aggregate that a call names, if it is one. */
export function aggregateName(expression: Expression): AggregateName | undefined {
  return expression.kind === "call" && !expression.udf ? byName(expression) : undefined;
}

/** A new accumulator. */
export function createAccumulator(name: AggregateName): Accumulator {
  return accumulators[name]();
}

function byName(call: CallExpression): AggregateName | undefined {
  const name = call.name.toUpperCase();
  return Object.hasOwn(accumulators, name) ? (name as AggregateName) : undefined;
}

function counting(counts: (value: Value) => boolean): Accumulator {
  let count = 0;
  return {
    add: (value) => {
      count += counts(value) ? 1 : 0;
    },
    result: () => count,
  };
}

/** Undefined values are left out; anything else that is no number makes the result undefined ("SUM", "AVG"). */
function summing(): { add(value: Value): void; state(): { sum: number; count: number } | undefined } {
  let total = 0;
  let count = 0;
  let valid = true;
  return {
    add: (value) => {
      if (typeof value === "number") {
        total += value;
        count += 1;
      } else if (value !== undefined) {
        valid = false;
      }
    },
    state: () => (valid ? { sum: total, count } : undefined),
  };
}

function sum(): Accumulator {
  const { add, state } = summing();
  return {
    add,
    result: () => {
      const done = state();
      return done === undefined ? undefined : finite(done.sum);
    },
  };
}

function average(): Accumulator {
  const { add, state } = summing();
  return {
    add,
    result: () => {
      const done = state();
      return done === undefined || done.count === 0 ? undefined : finite(done.sum / done.count);
    },
  };
}

/**
 * The least or greatest of null, booleans, numbers and strings, in the type order; undefined is left out
 * (documentation: "MAX"). An array or object makes the result undefined.
 */
function extreme(sign: 1 | -1): Accumulator {
  let best: Value;
  let valid = true;
  return {
    add: (value) => {
      if (value === undefined) return;
      if (typeof value === "object" && value !== null) {
        valid = false;
      } else if (best === undefined || compareValues(value, best) * sign > 0) {
        best = value;
      }
    },
    result: () => (valid ? best : undefined),
  };
}

function gathering(distinct: boolean): Accumulator {
  const gathered: Json[] = [];
  const seen = new Set<string>();
  return {
    add: (value) => {
      if (value === undefined) return;
      if (distinct) {
        const key = identityKey(value);
        if (seen.has(key)) return;
        seen.add(key);
      }
      gathered.push(value);
    },
    result: () => gathered,
  };
}
