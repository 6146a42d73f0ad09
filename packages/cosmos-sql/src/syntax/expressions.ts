import type { Expression, FromSource, SelectItem } from "./ast.ts";

/** The expressions directly inside an expression; a subquery's own are not among them. */
function expressionChildren(expression: Expression): readonly Expression[] {
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
  if (left.kind !== right.kind || left.kind === "subquery" || ownPart(left) !== ownPart(right)) return false;
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
  if (expression.kind === "member") return expression.property;
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

/**
 * The property names that a SELECT list's items get: the alias, else the last name of a path, else `$1`, `$2`
 * and so on over the items without a name. Source: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.OrderBy.xml
 * and .NonValueAggregates.xml.
 */
export function selectNames(items: readonly SelectItem[]): string[] {
  let unnamed = 0;
  return items.map(({ expression, alias }) => {
    const name = alias ?? impliedName(expression);
    if (name !== undefined) return name;
    unnamed += 1;
    return `$${unnamed}`;
  });
}

function impliedName(expression: Expression): string | undefined {
  return expression.kind === "identifier" ? expression.name : propertyName(expression);
}

/** What a path of properties and indexes starts from: `c` of `c.a[0].b`. */
export function pathRoot(expression: Expression): Expression {
  let root = expression;
  while (root.kind === "member" || root.kind === "index") root = root.object;
  return root;
}

/** What a source goes by: its alias, else the last name of its path ("FROM"); nothing after an index or a subquery. */
export function sourceAlias({ alias, collection }: FromSource): string | undefined {
  if (alias !== undefined || collection.kind === "subquery") return alias;
  const last = collection.steps.length === 0 ? collection.root : collection.steps.at(-1);
  return typeof last === "string" ? last : undefined;
}
