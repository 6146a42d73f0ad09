import { type AggregateName, aggregateName } from "../evaluation/aggregates.ts";
import { hasAggregate } from "../evaluation/compileBlock.ts";
import { plainQueryError } from "../queryError.ts";
import type { Expression, Projection, Query, SelectItem } from "../syntax/ast.ts";
import { pathRoot, selectNames, sourceAlias } from "../syntax/expressions.ts";
import { printExpression, printOrderByItem, printQuery, printSource } from "../syntax/printQuery.ts";

/** An aggregate's name in a query plan. */
export type PlanAggregate = "Average" | "Count" | "CountIf" | "MakeList" | "MakeSet" | "Max" | "Min" | "Sum";

/** A query for one partition, and what the client has to know to put the partitions' answers together. */
export interface GroupingRewrite {
  readonly text: string;
  readonly aggregates: readonly PlanAggregate[];
  readonly aliases: readonly string[];
  readonly aliasToAggregate: Readonly<Record<string, PlanAggregate | null>>;
}

/** Where the client puts its own condition when it resumes an ORDER BY query; `true` at first. */
export const filterPlaceholder = "{documentdb-formattableorderbyquery-filter}";

const planNames: Readonly<Record<AggregateName, PlanAggregate>> = {
  AVG: "Average",
  COUNT: "Count",
  COUNTIF: "CountIf",
  MAKELIST: "MakeList",
  MAKESET: "MakeSet",
  MAX: "Max",
  MIN: "Min",
  SUM: "Sum",
};

/**
 * Rewrites a query with aggregates or GROUP BY: every row is a group of one partition, with aggregates in the
 * form in which clients add them up (`{"item": …}`, `{"item2": {"min": …, "count": …}}`).
 * Source of the form: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.Aggregates.xml, .NonValueAggregates.xml,
 * .GroupBy.xml.
 */
export function rewriteGrouping(query: Query): GroupingRewrite {
  const { projection } = query.select;
  const groupByItems = query.groupBy && `[${query.groupBy.map(itemOf).join(", ")}] AS groupByItems, `;
  const aggregates: PlanAggregate[] = [];
  const aliasToAggregate: Record<string, PlanAggregate | null> = Object.create(null);
  let selection: string;
  let aliases: readonly string[] = [];
  if (projection.kind === "value") {
    const { expression } = projection;
    const aggregate = soleAggregate(expression);
    aggregates.push(...(aggregate === undefined ? [] : [planNames[aggregate]]));
    const payload = aggregate === undefined ? printExpression(expression) : `[${partial(expression)}]`;
    selection = groupByItems === undefined ? `VALUE ${payload}` : `${groupByItems}${payload} AS payload`;
  } else {
    const items = projection.kind === "list" ? projection.items : [];
    aliases = selectNames(items);
    const properties = items.map(({ expression }, index) => {
      const aggregate = soleAggregate(expression);
      const alias = aliases[index] ?? "";
      aliasToAggregate[alias] = aggregate === undefined ? null : planNames[aggregate];
      return `${JSON.stringify(alias)}: ${aggregate === undefined ? printExpression(expression) : partial(expression)}`;
    });
    selection = `${groupByItems ?? ""}{${properties.join(", ")}} AS payload`;
  }
  const groupBy = query.groupBy && `GROUP BY ${query.groupBy.map(printExpression).join(", ")}`;
  const text = joinClauses([`SELECT ${selection}`, ...fromClauses(query), whereClause(query.where), groupBy]);
  return { text, aggregates, aliases, aliasToAggregate };
}

/**
 * Rewrites an ORDER BY query: rows carry `_rid`, the values that order them, and the row itself.
 * Source of the form: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.OrderBy.xml and .MultiOrderBy.xml.
 */
export function rewriteOrderBy(query: Query, top: number | undefined, rows: number | undefined): string {
  const orderBy = query.orderBy ?? [];
  const [first] = orderBy;
  const root = first && pathRoot(first.expression);
  const item = root?.kind === "identifier" ? root.name : "";
  const { projection } = query.select;
  const keys = orderBy.map(({ expression }) => itemOf(expression)).join(", ");
  const payload = payloadOf(projection, query);
  const filter = `(${filterPlaceholder})`;
  const conditions = [
    query.where && printExpression(query.where),
    filter,
    projection.kind === "value" ? `IS_DEFINED(${payload})` : undefined,
  ].filter((condition) => condition !== undefined);
  const where = conditions.reduce((left, right) => `(${left} AND ${right})`);
  return joinClauses([
    `SELECT ${top === undefined ? "" : `TOP ${top} `}${item}._rid, [${keys}] AS orderByItems, ${payload} AS payload`,
    ...fromClauses(query),
    `WHERE ${where}`,
    `ORDER BY ${orderBy.map(printOrderByItem).join(", ")}`,
    rows === undefined ? undefined : `OFFSET 0 LIMIT ${rows}`,
  ]);
}

/** The query without TOP and with so many rows from the first instead of its OFFSET and LIMIT. */
export function rewriteLimits(query: Query, rows: number | undefined): string {
  const plain = { ...query, select: { ...query.select, top: undefined }, offsetLimit: undefined };
  return joinClauses([printQuery(plain), rows === undefined ? undefined : `OFFSET 0 LIMIT ${rows}`]);
}

/** Whether a query yields groups instead of rows. */
export function isGroupingQuery(query: Query): boolean {
  return query.groupBy !== undefined || hasAggregate(query.select.projection);
}

function soleAggregate(expression: Expression): AggregateName | undefined {
  const name = aggregateName(expression);
  if (name === undefined && hasAggregate({ kind: "value", expression })) {
    throw plainQueryError("Compositions of aggregates and other expressions are not allowed.");
  }
  return name;
}

function partial(expression: Expression): string {
  const name = aggregateName(expression);
  const argument = expression.kind === "call" ? expression.args.map(printExpression).join(", ") : "";
  switch (name) {
    case "AVG":
      return `{"item": {"sum": SUM(${argument}), "count": COUNT(${argument})}}`;
    case "MIN":
    case "MAX":
      return `{"item": ${name}(${argument}), "item2": {"${name.toLowerCase()}": ${name}(${argument}), "count": COUNT(${argument})}}`;
    default:
      return `{"item": ${name}(${argument})}`;
  }
}

function payloadOf(projection: Projection, query: Query): string {
  switch (projection.kind) {
    case "star":
      return query.from === undefined ? "" : (sourceAlias(query.from.source) ?? "");
    case "value":
      return printExpression(projection.expression);
    case "list":
      return objectOf(projection.items);
  }
}

function objectOf(items: readonly SelectItem[]): string {
  const names = selectNames(items);
  const properties = items.map(
    ({ expression }, index) => `${JSON.stringify(names[index])}: ${printExpression(expression)}`,
  );
  return `{${properties.join(", ")}}`;
}

function itemOf(expression: Expression): string {
  return `{"item": ${printExpression(expression)}}`;
}

function fromClauses({ from }: Query): string[] {
  return from === undefined
    ? []
    : [`FROM ${printSource(from.source)}`, ...from.joins.map((join) => `JOIN ${printSource(join)}`)];
}

function whereClause(where: Expression | undefined): string | undefined {
  return where && `WHERE ${printExpression(where)}`;
}

function joinClauses(clauses: readonly (string | undefined)[]): string {
  return clauses.filter((clause) => clause !== undefined).join("\n");
}
