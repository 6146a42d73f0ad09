import type { Expression } from "./ast.ts";
import { expressionChildren } from "./expressionChildren.ts";

/**
 * Whether two expressions are the same text up to spaces, the case of function names, and `a.b` against
 * `a["b"]`. Subqueries are never the same as anything.
 */
export function sameExpression(left: Expression, right: Expression): boolean {
  const leftName = propertyName(left);
  const rightName = propertyName(right);
  if (leftName !== undefined || rightName !== undefined) {
    return leftName === rightName && sameExpression(accessed(left), accessed(right));
  }
  if (left.kind !== right.kind || left.kind === "subquery" || ownPart(left) !== ownPart(right)) {
    return false;
  }
  const leftChildren = expressionChildren(left);
  const rightChildren = expressionChildren(right);
  return (
    leftChildren.length === rightChildren.length &&
    leftChildren.every((child, index) => {
      const other = rightChildren[index];
      return other !== undefined && sameExpression(child, other);
    })
  );
}

/** The name in `a.name` and `a["name"]`. */
export function propertyName(expression: Expression): string | undefined {
  if (expression.kind === "member") {
    return expression.property;
  }
  const index = expression.kind === "index" ? expression.index : undefined;
  return index?.kind === "literal" && typeof index.value === "string" ? index.value : undefined;
}

function accessed(expression: Expression): Expression {
  return expression.kind === "member" || expression.kind === "index" ? expression.object : expression;
}

/** What distinguishes an expression beside its children. */
function ownPart(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return `${typeof expression.value} ${String(expression.value)}`;
    case "parameter":
    case "identifier":
      return expression.name;
    case "object":
      return JSON.stringify(expression.properties.map(({ name }) => name));
    case "unary":
    case "binary":
    case "logical":
      return expression.operator;
    case "in":
    case "between":
      return String(expression.negated);
    case "like":
      return JSON.stringify([expression.negated, expression.escape]);
    case "call":
      return `${expression.udf} ${expression.udf ? expression.name : expression.name.toUpperCase()}`;
    default:
      return "";
  }
}
