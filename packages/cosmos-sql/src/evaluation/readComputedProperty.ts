import { queryError } from "../queryError.ts";
import type { Expression } from "../syntax/ast.ts";
import { someExpression } from "../syntax/expressions.ts";
import { parseQuery } from "../syntax/parseQuery.ts";
import { aggregateName } from "./aggregates.ts";
import type { ComputedProperty } from "./compilation.ts";
import { compileQuery } from "./compileQuery.ts";
import { isVolatile } from "./constantValue.ts";

/**
 * Reads the query of a computed property: `SELECT VALUE` an expression of one item, which is the same each time.
 * Source: documentation, "Computed properties", query constraints.
 *
 * @throws QueryError for a query that does not compile, or is more than that
 */
export function readComputedProperty(name: string, text: string): ComputedProperty {
  const query = parseQuery(text);
  compileQuery(query);
  const { select, from, where, groupBy, orderBy, offsetLimit } = query;
  const { projection } = select;
  const collection = from?.source.kind === "collection" ? from.source.collection : undefined;
  const alias =
    collection?.kind === "path" && collection.steps.length === 0
      ? ((from?.source.alias ?? collection.root) as string)
      : undefined;
  const hasOtherClauses =
    from?.joins.length !== 0 ||
    select.distinct ||
    [select.top, where, groupBy, orderBy, offsetLimit].some((clause) => clause !== undefined);
  if (projection.kind !== "value" || alias === undefined || hasOtherClauses) {
    const message = "The query of a computed property has to be SELECT VALUE … FROM c, with no other clause.";
    throw queryError(undefined, message, query.span);
  }
  const isBeyond = (part: Expression): boolean =>
    part.kind === "subquery" || aggregateName(part) !== undefined || isVolatile(part);
  if (someExpression(projection.expression, isBeyond)) {
    const message =
      "The query of a computed property has no subqueries, no aggregates, and no functions that change from call to call.";
    throw queryError(undefined, message, query.span);
  }
  return { name, alias, expression: projection.expression };
}
