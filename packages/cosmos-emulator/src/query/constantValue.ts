import type { Json, Value } from "../json.ts";
import { aggregateName } from "./aggregates.ts";
import type { Expression } from "./ast.ts";
import type { Compilation } from "./compilation.ts";
import { compileExpression } from "./compileExpression.ts";
import { someExpression } from "./expressionChildren.ts";
import { createScope } from "./scope.ts";

/** Functions whose value is not the same at every call. */
const VOLATILE = /^(?:GETCURRENT|RAND$|NOW$|AGO$)/;

/**
 * The value of an expression that does not depend on the item: `{ value }`, or undefined if it does, or may
 * change while the query runs.
 */
export function constantValue(
  expression: Expression,
  parameters: ReadonlyMap<string, Json>,
): { readonly value: Value } | undefined {
  if (someExpression(expression, varies)) {
    return undefined;
  }
  const compilation: Compilation = {
    parameters,
    clock: { current: () => 0n, started: () => 0n },
    slots: 1,
    compileSubquery: () => () => [],
  };
  const context = { compilation, scope: createScope(undefined), grouping: undefined };
  return { value: compileExpression(expression, context)([]) };
}

function varies(expression: Expression): boolean {
  switch (expression.kind) {
    case "identifier":
    case "subquery":
      return true;
    case "call":
      return (
        expression.udf ||
        aggregateName(expression) !== undefined ||
        VOLATILE.test(expression.name.toUpperCase())
      );
    default:
      return false;
  }
}
