/**
 * The query language of Azure Cosmos DB for NoSQL over plain JSON: text to tokens to a tree, a tree to rows, and the plan
 * by which a client runs a query over several partitions.
 *
 * @module
 */
export {
  type ComputedProperties,
  type ComputedProperty,
  noComputedProperties,
} from "./evaluation/compilation.ts";
export {
  type CompiledQuery,
  type CompileOptions,
  compileQuery,
  type OrderedRow,
  type QueryParameter,
} from "./evaluation/compileQuery.ts";
export { readComputedProperty } from "./evaluation/readComputedProperty.ts";
export { runQuery } from "./evaluation/runQuery.ts";
export { maxJoins, maxNestingLevels, maxQueryLength } from "./limits.ts";
export { continuedText } from "./plan/continuedText.ts";
export { type FilterPath, type IndexableFilter, type ScalarType, withoutProperties } from "./plan/filter.ts";
export { indexableFilter, orderByPaths } from "./plan/indexableFilter.ts";
export { singlePartitionKey } from "./plan/partitionKeyFilter.ts";
export {
  type PartitionedQueryExecutionInfo,
  type PlanPartitioning,
  planQuery,
  type QueryPlanOptions,
} from "./plan/planQuery.ts";
export { parsePath, valueAt } from "./propertyPath.ts";
export { QueryError, type QueryErrorDetail, QuerySyntaxError, type Span } from "./queryError.ts";
export type { Expression, Query } from "./syntax/ast.ts";
export { parseQuery } from "./syntax/parseQuery.ts";
export { printQuery } from "./syntax/printQuery.ts";
export { type Token, tokenize } from "./tokens/tokenize.ts";
export { compareValues, equalJson } from "./values/compareValues.ts";
