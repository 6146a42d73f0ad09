import type { Expression, SelectItem } from "./ast.ts";
import { propertyName } from "./sameExpression.ts";

/**
 * The property names that a SELECT list's items get: the alias, else the last name of a path, else `$1`, `$2`
 * and so on over the items without a name. Source: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.OrderBy.xml
 * and .NonValueAggregates.xml.
 */
export function selectNames(items: readonly SelectItem[]): string[] {
  let unnamed = 0;
  return items.map(({ expression, alias }) => {
    const name = alias ?? impliedName(expression);
    if (name !== undefined) {
      return name;
    }
    unnamed += 1;
    return `$${unnamed}`;
  });
}

function impliedName(expression: Expression): string | undefined {
  return expression.kind === "identifier" ? expression.name : propertyName(expression);
}
