import type { Json, Value } from "../json.ts";
import { QueryError } from "../queryError.ts";
import type { Expression } from "../syntax/ast.ts";
import { someExpression } from "../syntax/expressions.ts";
import { createWork } from "../values/work.ts";
import { aggregateName } from "./aggregates.ts";
import type { Compilation } from "./compilation.ts";
import { noComputedProperties } from "./compilation.ts";
import { compileExpression } from "./compileExpression.ts";
import { createScope } from "./scope.ts";

/** Units of work that a constant may take; one that takes more is left to the evaluation of rows. */
const maxWork = 10_000;

/** Functions whose value is not the same at every call. */
const volatileFunction = /^(?:GETCURRENT|RAND$|now$|AGO$)/;

/**
 * The value of an expression that does not depend on the item: `{ value }`, or undefined if it does, may
 * change while the query runs, or fails.
 */
export function constantValue(
  expression: Expression,
  parameters: ReadonlyMap<string, Json>,
): { readonly value: Value } | undefined {
  if (someExpression(expression, varies)) return undefined;
  const compilation: Compilation = {
    parameters,
    clock: { current: () => 0n, started: () => 0n },
    work: createWork(maxWork),
    expressions: 0,
    computed: noComputedProperties,
    slots: 1,
    compileSubquery: () => () => [],
  };
  const context = { compilation, scope: createScope(undefined), grouping: undefined };
  const evaluate = compileExpression(expression, context);
  try {
    return { value: evaluate([]) };
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

function varies(expression: Expression): boolean {
  switch (expression.kind) {
    case "identifier":
    case "subquery":
      return true;
    case "call":
      return expression.udf || aggregateName(expression) !== undefined || isVolatile(expression);
    default:
      return false;
  }
}

/** Whether an expression is the call of a function whose value is not the same at every call. */
export function isVolatile(expression: Expression): boolean {
  return expression.kind === "call" && volatileFunction.test(expression.name.toUpperCase());
}
