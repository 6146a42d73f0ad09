import type { Value } from "../json.ts";
import { plainQueryError, queryError } from "../queryError.ts";
import type { CountExpression, Expression, OrderByItem, Projection, Query } from "../syntax/ast.ts";
import { selectNames, someExpression } from "../syntax/expressions.ts";
import type { Work } from "../values/work.ts";
import { aggregateName } from "./aggregates.ts";
import type {
  AggregateSlot,
  Compilation,
  Evaluator,
  ExpressionContext,
  Frame,
  Grouping,
} from "./compilation.ts";
import { takeSlot } from "./compilation.ts";
import { compileExpression, createObject, parameterValue } from "./compileExpression.ts";
import { compileFrom, type Scan } from "./compileFrom.ts";
import { createScope, lookUp, type Scope } from "./scope.ts";

/** One key of a compiled ORDER BY. */
export interface OrderKey {
  readonly evaluate: Evaluator;
  readonly descending: boolean;
}

/** A compiled query or subquery, before it is told what to do with its rows. */
export interface QueryBlock {
  /** FROM and WHERE. */
  readonly scan: Scan;
  readonly project: Evaluator;
  readonly work: Work;
  readonly orderBy: readonly OrderKey[] | undefined;
  readonly grouping:
    | {
        readonly keys: readonly { readonly evaluate: Evaluator; readonly slot: number }[];
        readonly aggregates: readonly AggregateSlot[];
      }
    | undefined;
  readonly distinct: boolean;
  readonly offset: number;
  /** The most rows after the offset; Infinity if there is no bound. */
  readonly limit: number;
}

/** Compiles a query's clauses. `outer` is what a subquery sees of the queries around it. */
export function compileBlock(query: Query, outer: Scope | undefined, compilation: Compilation): QueryBlock {
  const before = compilation.expressions;
  const scope = createScope(outer);
  const { select, groupBy } = query;
  const from = query.from === undefined ? undefined : compileFrom(query.from, scope, compilation);
  const context: ExpressionContext = { compilation, scope, grouping: undefined };
  const where = query.where === undefined ? undefined : compileExpression(query.where, context);
  const isGrouping = groupBy !== undefined || hasAggregate(select.projection);
  if (groupBy !== undefined && query.orderBy !== undefined) {
    // The service refuses it, too. Source of the text: btnguyen2k/gocosmos, README, "Known issues".
    throw queryError(undefined, "'ORDER BY' is not supported in presence of GROUP BY.", query.span);
  }
  const keys = (groupBy ?? []).map((expression) => ({
    expression,
    evaluate: compileGroupKey(expression, context),
    slot: takeSlot(compilation),
  }));
  const grouping: Grouping | undefined = isGrouping ? { keys, aggregates: [] } : undefined;
  const project = compileProjection(select.projection, { ...context, grouping }, from?.onlySlot);
  const offsetLimit = query.offsetLimit;
  const top = select.top && countValue(select.top, "TOP", compilation);
  const limit = offsetLimit && countValue(offsetLimit.limit, "LIMIT", compilation);
  // Without GROUP BY an aggregate yields one row, which needs no order.
  const orderBy = isGrouping ? undefined : query.orderBy?.map((item) => compileOrderKey(item, context));
  return {
    scan: compileScan(from?.scan, where, compilation, compilation.expressions - before),
    work: compilation.work,
    project,
    orderBy,
    grouping: grouping && { keys, aggregates: grouping.aggregates },
    distinct: select.distinct,
    offset: offsetLimit === undefined ? 0 : countValue(offsetLimit.offset, "OFFSET", compilation),
    limit: Math.min(top ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY),
  };
}

/** Whether a SELECT clause computes an aggregate. */
export function hasAggregate(projection: Projection): boolean {
  const isAggregate = (part: Expression) => aggregateName(part) !== undefined;
  switch (projection.kind) {
    case "star":
      return false;
    case "value":
      return someExpression(projection.expression, isAggregate);
    case "list":
      return projection.items.some(({ expression }) => someExpression(expression, isAggregate));
  }
}

/**
 * The number of TOP, OFFSET or LIMIT. Source of code and text: azure-cosmos-dotnet-v3,
 * QueryPlanBaselineTests.Top.xml and .OffsetLimit.xml.
 */
export function countValue(
  count: CountExpression,
  clause: "TOP" | "OFFSET" | "LIMIT",
  compilation: Pick<Compilation, "parameters">,
): number {
  const value =
    count.kind === "literal"
      ? count.value
      : parameterValue(count, { compilation: compilation as Compilation });
  const code = { TOP: "SC2060", OFFSET: "SC2062", LIMIT: "SC2063" }[clause];
  if (
    typeof value !== "number" ||
    !Number.isInteger(value) ||
    value < 0 ||
    (clause === "TOP" && value > maxCount)
  ) {
    const message = `The count value provided for a ${clause} clause must be an integer.`;
    throw queryError(clause === "TOP" ? code : "SC2061", message, count.span);
  }
  if (value > maxCount) {
    throw queryError(code, `The ${clause} count value exceeds the maximum allowed value.`, count.span);
  }
  return value;
}

const maxCount = 2 ** 32 - 1;

/** @param expressions how many are evaluated for a row, at most */
function compileScan(
  scan: Scan | undefined,
  where: Evaluator | undefined,
  { work }: Compilation,
  expressions: number,
): Scan {
  const base: Scan = scan ?? ((_frame, visit) => visit());
  return (frame, visit) =>
    base(frame, () => {
      work.consume(2 + 2 * expressions);
      return (where === undefined || where(frame) === true) && visit();
    });
}

function compileGroupKey(expression: Expression, context: ExpressionContext): Evaluator {
  if (someExpression(expression, (part) => part.kind === "subquery")) {
    throw queryError(undefined, "A subquery is not allowed in GROUP BY.", expression.span);
  }
  return compileExpression(expression, context);
}

function compileProjection(
  projection: Projection,
  context: ExpressionContext,
  onlySlot: number | undefined,
): Evaluator {
  switch (projection.kind) {
    case "star":
      if (context.grouping !== undefined) {
        throw queryError("SC2041", "'SELECT *' is not allowed with GROUP BY.", projection.span);
      }
      if (onlySlot === undefined) {
        const message = "'SELECT *' is only valid with a single input set.";
        throw queryError("SC2040", message, projection.span);
      }
      return (frame) => frame[onlySlot];
    case "value":
      return compileExpression(projection.expression, context);
    case "list": {
      const names = selectNames(projection.items);
      const properties = projection.items.map(({ expression }, index) => ({
        name: names[index] ?? "",
        value: compileExpression(expression, context),
      }));
      const { work } = context.compilation;
      return (frame: Frame): Value => work.built(createObject(properties, frame));
    }
  }
}

function compileOrderKey({ expression, direction }: OrderByItem, context: ExpressionContext): OrderKey {
  let root = expression;
  while (root.kind === "member" || (root.kind === "index" && root.index.kind === "literal")) {
    root = root.object;
  }
  const binding = root.kind === "identifier" ? lookUp(context.scope, root.name) : undefined;
  const evaluate = compileExpression(expression, context);
  if (root.kind !== "identifier" || root === expression) {
    const message =
      "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.";
    throw queryError(2206, message);
  }
  const isTopLevel = context.scope.parent === undefined;
  if (isTopLevel && binding?.isItem !== true) {
    throw plainQueryError("Order-by over correlated collections is not supported.");
  }
  return { evaluate, descending: direction === "DESC" };
}
