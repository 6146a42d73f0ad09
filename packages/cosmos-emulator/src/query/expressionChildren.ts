import type { Expression } from "./ast.ts";

/** The expressions directly inside an expression; a subquery's own are not among them. */
export function expressionChildren(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "parameter":
    case "identifier":
    case "subquery":
      return [];
    case "member":
      return [expression.object];
    case "index":
      return [expression.object, expression.index];
    case "array":
      return expression.items;
    case "object":
      return expression.properties.map((property) => property.value);
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "logical":
      return expression.operands;
    case "in":
      return [expression.value, ...expression.candidates];
    case "between":
      return [expression.value, expression.lower, expression.upper];
    case "like":
      return [expression.value, expression.pattern];
    case "conditional":
      return [expression.condition, expression.consequent, expression.alternative];
    case "call":
      return expression.args;
  }
}

/** Whether the expression or one inside it, subqueries aside, satisfies the predicate. */
export function someExpression(
  expression: Expression,
  predicate: (candidate: Expression) => boolean,
): boolean {
  return (
    predicate(expression) || expressionChildren(expression).some((child) => someExpression(child, predicate))
  );
}
