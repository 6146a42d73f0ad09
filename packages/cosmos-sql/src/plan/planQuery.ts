import { aggregateName } from "../evaluation/aggregates.ts";
import { countValue } from "../evaluation/compileBlock.ts";
import { compileQuery, parameterMap, type QueryParameter } from "../evaluation/compileQuery.ts";
import type { Scalar } from "../json.ts";
import { plainQueryError } from "../queryError.ts";
import type { Query } from "../syntax/ast.ts";
import { sameExpression } from "../syntax/expressions.ts";
import { printExpression, printQuery } from "../syntax/printQuery.ts";
import { indexableFilter } from "./indexableFilter.ts";
import { pinnedPartitionKeys } from "./partitionKeyFilter.ts";
import {
  isGroupingQuery,
  type PlanAggregate,
  rewriteGrouping,
  rewriteLimits,
  rewriteOrderBy,
} from "./rewriteQuery.ts";

/** A range of effective partition keys. */
interface QueryRange {
  readonly min: string;
  readonly max: string;
  readonly isMinInclusive: boolean;
  readonly isMaxInclusive: boolean;
}

/** What a client does with the answers of several partitions. */
interface QueryInfo {
  readonly distinctType: "None" | "Ordered" | "Unordered";
  readonly top: number | null;
  readonly offset: number | null;
  readonly limit: number | null;
  readonly orderBy: readonly ("Ascending" | "Descending")[];
  readonly orderByExpressions: readonly string[];
  readonly groupByExpressions: readonly string[];
  readonly groupByAliases: readonly string[];
  readonly aggregates: readonly PlanAggregate[];
  readonly groupByAliasToAggregateType: Readonly<Record<string, PlanAggregate | null>>;
  /** The query to send to each partition; empty if it is the query itself. */
  readonly rewrittenQuery: string;
  readonly hasSelectValue: boolean;
  readonly dCountInfo: { readonly dCountAlias: string } | null;
  readonly hasNonStreamingOrderBy: boolean;
}

/** The service's answer to a query plan request. */
export interface PartitionedQueryExecutionInfo {
  readonly partitionedQueryExecutionInfoVersion: 2;
  readonly queryInfo: QueryInfo;
  readonly queryRanges: readonly QueryRange[];
}

/** How the container is partitioned. */
export interface PlanPartitioning {
  /** The partition key paths, like `/tenant/id`. */
  readonly paths: readonly string[];
  readonly kind: "Hash" | "MultiHash" | "Range";
  /** The effective partition key, in capital hexadecimal digits, of a key or a MultiHash key's leading part. */
  readonly effectivePartitionKey: (values: readonly Scalar[]) => string;
}

/** What a query plan depends on beside the query. */
export interface QueryPlanOptions {
  readonly parameters?: Iterable<QueryParameter>;
  readonly partitioning: PlanPartitioning;
  /**
   * The features of the request's `x-ms-cosmos-supported-query-features`, split at commas. A query that needs
   * another one is refused. Without it the client counts as able to do everything except DCount.
   */
  readonly supportedFeatures?: readonly string[];
}

const allRanges: readonly QueryRange[] = [
  { min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false },
];
const noRanges: readonly QueryRange[] = [{ min: "", max: "", isMinInclusive: true, isMaxInclusive: true }];

/**
 * Plans a query across partitions, as the service's gateway does: the query to send to each, the ranges of the hash space
 * that it has to go to, and what the client has to do with the answers.
 *
 * @throws QueryError for a query that the evaluator would refuse, and for a composition of aggregates, which only one
 *   partition can compute
 * @example
 * const partitioning = { paths: ["/city"], kind: "Hash", effectivePartitionKey: hash } as const;
 * planQuery(parseQuery("SELECT VALUE COUNT(1) FROM c"), { partitioning }).queryInfo.aggregates; // ["Count"]
 *
 * Sources: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.*.xml, for what is rewritten and how; @azure/cosmos,
 * queryExecutionContext/ and request/ErrorResponse, for names and for what clients read.
 */
export function planQuery(query: Query, options: QueryPlanOptions): PartitionedQueryExecutionInfo {
  const parameters = [...(options.parameters ?? [])];
  compileQuery(query, parameters);
  const { ranges, isSingleKey } = planRanges(query, parameters, options.partitioning);
  const inner = distinctCount(query);
  const queryInfo =
    inner === undefined
      ? planInfo(query, parameters, isSingleKey)
      : { ...planInfo(inner, parameters, isSingleKey), ...distinctCountInfo(query, inner) };
  refuseUnsupported(queryInfo, query, options.supportedFeatures);
  return { partitionedQueryExecutionInfoVersion: 2, queryInfo, queryRanges: ranges };
}

function planInfo(query: Query, parameters: readonly QueryParameter[], isSingleKey: boolean): QueryInfo {
  const shared = { parameters: parameterMap(parameters) };
  const { select, offsetLimit } = query;
  const top = select.top && countValue(select.top, "TOP", shared);
  const offset = offsetLimit && countValue(offsetLimit.offset, "OFFSET", shared);
  const limit = offsetLimit && countValue(offsetLimit.limit, "LIMIT", shared);
  const rows = offset === undefined || limit === undefined ? undefined : offset + limit;
  const info: QueryInfo = {
    distinctType: distinctType(query),
    top: query.from === undefined ? null : (top ?? null),
    offset: offset ?? null,
    limit: limit ?? null,
    orderBy: [],
    orderByExpressions: [],
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: "",
    hasSelectValue: select.projection.kind === "value",
    dCountInfo: null,
    hasNonStreamingOrderBy: false,
  };
  if (isGroupingQuery(query)) {
    const rewrite = rewriteGrouping(query);
    return {
      ...info,
      groupByExpressions: (query.groupBy ?? []).map(printExpression),
      groupByAliases: rewrite.aliases,
      aggregates: rewrite.aggregates,
      groupByAliasToAggregateType: rewrite.aliasToAggregate,
      rewrittenQuery: rewrite.text,
    };
  }
  if (isSingleKey && !select.distinct) {
    // One partition does all of it by itself.
    return { ...info, offset: null, limit: null };
  }
  if (query.orderBy !== undefined) {
    const [partitionTop, partitionRows] = select.distinct ? [undefined, undefined] : [top, rows];
    return {
      ...info,
      orderBy: query.orderBy.map(({ direction }) => (direction === "DESC" ? "Descending" : "Ascending")),
      orderByExpressions: query.orderBy.map(({ expression }) => printExpression(expression)),
      rewrittenQuery: rewriteOrderBy(query, partitionTop, partitionRows),
    };
  }
  const needsRewrite = select.distinct ? top !== undefined || rows !== undefined : rows !== undefined;
  const rewrittenQuery = needsRewrite ? rewriteLimits(query, select.distinct ? undefined : rows) : "";
  return { ...info, rewrittenQuery };
}

/** `Ordered` where equal rows must follow one another: the keys of ORDER BY are just what is selected. */
function distinctType({ select, orderBy }: Query): QueryInfo["distinctType"] {
  if (!select.distinct) return "None";
  const { projection } = select;
  const selected =
    projection.kind === "value"
      ? [projection.expression]
      : projection.kind === "list"
        ? projection.items.map(({ expression }) => expression)
        : [];
  const keys = (orderBy ?? []).map(({ expression }) => expression);
  const covers =
    selected.length > 0 &&
    selected.every((part) => keys.some((key) => sameExpression(key, part))) &&
    keys.every((key) => selected.some((part) => sameExpression(key, part)));
  return covers ? "Ordered" : "Unordered";
}

/**
 * The subquery of `SELECT COUNT(1) FROM (SELECT DISTINCT …)`, whose rows have to be counted after the
 * partitions' duplicates are gone ("DCount").
 */
function distinctCount(query: Query): Query | undefined {
  const { from, where, select } = query;
  const { projection } = select;
  const source = from?.source.collection;
  const expressions =
    projection.kind === "value"
      ? [projection.expression]
      : projection.kind === "list"
        ? projection.items.map(({ expression }) => expression)
        : [];
  const [only] = expressions;
  const counts = expressions.length === 1 && only !== undefined && aggregateName(only) === "COUNT";
  const isPlain = where === undefined && query.groupBy === undefined && from?.joins.length === 0;
  return counts && isPlain && source?.kind === "subquery" && source.query.select.distinct
    ? source.query
    : undefined;
}

function distinctCountInfo(
  { select: { projection } }: Query,
  inner: Query,
): Pick<QueryInfo, "dCountInfo" | "hasSelectValue" | "rewrittenQuery"> {
  const alias = projection.kind === "list" ? (projection.items[0]?.alias ?? "$1") : "";
  return {
    dCountInfo: { dCountAlias: alias },
    hasSelectValue: projection.kind === "value",
    rewrittenQuery: printQuery(inner),
  };
}

function planRanges(
  query: Query,
  parameters: readonly QueryParameter[],
  { paths, kind, effectivePartitionKey }: PlanPartitioning,
): { ranges: readonly QueryRange[]; isSingleKey: boolean } {
  if (query.from === undefined) return { ranges: noRanges, isSingleKey: false };
  const keys = pinnedPartitionKeys(indexableFilter(query, parameters), paths);
  const [first] = keys;
  if (first === undefined) return { ranges: noRanges, isSingleKey: false };
  const isWhole = first.length === paths.length && paths.length > 0;
  if (first.length === 0 || (!isWhole && kind !== "MultiHash")) {
    return { ranges: allRanges, isSingleKey: false };
  }
  const starts = [...new Set(keys.map((key) => effectivePartitionKey(key)))].sort();
  const ranges = starts.map((start) => ({
    min: start,
    max: isWhole ? start : `${start}FF`,
    isMinInclusive: true,
    isMaxInclusive: isWhole,
  }));
  return { ranges, isSingleKey: isWhole && ranges.length === 1 };
}

/**
 * Refuses a query whose plan needs what the client does not know. Feature names: @azure/cosmos,
 * common/constants.js, QueryFeature.
 */
function refuseUnsupported(
  info: QueryInfo,
  { select }: Query,
  supported: readonly string[] | undefined,
): void {
  const known = new Set(supported?.map((feature) => feature.trim()));
  const listed = Object.values(info.groupByAliasToAggregateType).filter((type) => type !== null);
  const aggregates = [...info.aggregates, ...listed];
  const needed: readonly (readonly [feature: string, isNeeded: boolean])[] = [
    ["Aggregate", info.aggregates.length > 0],
    ["NonValueAggregate", listed.length > 0 && info.groupByExpressions.length === 0],
    ["MultipleAggregates", listed.length > 1],
    ["ListAndSetAggregate", aggregates.some((type) => type === "MakeList" || type === "MakeSet")],
    ["CountIf", aggregates.includes("CountIf")],
    ["Distinct", select.distinct],
    ["DCount", info.dCountInfo !== null],
    ["GroupBy", info.groupByExpressions.length > 0],
    ["OrderBy", info.orderBy.length > 0],
    ["MultipleOrderBy", info.orderBy.length > 1],
    ["OffsetAndLimit", info.offset !== null],
    ["Top", info.top !== null],
  ];
  const missing = needed
    .filter(
      ([feature, isNeeded]) =>
        isNeeded && (supported === undefined ? feature === "DCount" : !known.has(feature)),
    )
    .map(([feature]) => `Query contained ${feature}, which the calling client does not support.`);
  if (missing.length > 0) {
    const advice =
      "Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features:";
    throw plainQueryError([advice, ...missing].join("\n"));
  }
}
