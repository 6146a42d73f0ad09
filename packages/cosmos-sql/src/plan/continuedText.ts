import type { Query } from "../syntax/ast.ts";
import { printQuery } from "../syntax/printQuery.ts";

/**
 * The text to which a query's continuation belongs: its own, but without its WHERE for what a query plan makes of an
 * ORDER BY. A client that goes on with the merged order puts a condition of its own into the plan's query and sends
 * the partition's token along. Source: `@azure/cosmos`, OrderByQueryRangeStrategy.js filterPartitionRanges.
 */
export function continuedText(query: Query, text: string): string {
  return isOfPlan(query) ? printQuery({ ...query, where: undefined }) : text;
}

/** Whether a query reads `SELECT c._rid, […] AS orderByItems, … AS payload … ORDER BY …`, as `rewriteOrderBy` writes it. */
function isOfPlan({ select: { projection }, orderBy }: Query): boolean {
  if (orderBy === undefined || projection.kind !== "list") return false;
  const [rid, items, payload, ...rest] = projection.items;
  return (
    rid?.expression.kind === "member" &&
    rid.expression.property === "_rid" &&
    items?.alias === "orderByItems" &&
    payload?.alias === "payload" &&
    rest.length === 0
  );
}
