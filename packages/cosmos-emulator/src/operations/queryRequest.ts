import {
  type CompiledQuery,
  type ComputedProperties,
  compileQuery,
  continuedText,
  indexableFilter,
  noComputedProperties,
  orderByPaths,
  parseQuery,
  type Query,
  type QueryParameter,
  withoutProperties,
} from "@cosmos-trpc/cosmos-sql";
import { isObject, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../account.ts";
import { bindingOf, readContinuation, writeContinuation } from "../execution/continuation.ts";
import type { FeedRange } from "../execution/feedRange.ts";
import { orderedPage } from "../execution/orderedPage.ts";
import type { Page, Position, PreparedQuery } from "../execution/page.ts";
import { snapshotPage } from "../execution/snapshotPage.ts";
import { streamPage } from "../execution/streamPage.ts";
import { bodyObject, type Call, header, isTrue } from "../http/call.ts";
import { type IndexingPolicy, parseIndexingPolicy } from "../indexing/indexingPolicy.ts";
import { firstIndexMetrics, indexMetrics } from "../indexing/indexMetrics.ts";
import { checkOrderBy, type OrderByPaths } from "../indexing/orderBy.ts";
import { readPath } from "../partitionKey/partitionKey.ts";
import { badRequest, withQueryErrors } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import { computedPropertiesOf } from "./containers/computedProperties.ts";
import { readItemCount } from "./request.ts";

/** A query as a request has it, parsed. */
export interface QueryRequest {
  readonly text: string;
  readonly query: Query;
  readonly parameters: readonly QueryParameter[];
  /**
   * The query compiled: the first call does it, the others have it.
   *
   * @param computed the container's computed properties
   */
  compiled(computed?: ComputedProperties): CompiledQuery;
}

/** A query that is parsed, to be compiled when it is needed. */
export function queryRequest(
  text: string,
  query: Query,
  parameters: readonly QueryParameter[] = [],
): QueryRequest {
  let compiled: CompiledQuery | undefined;
  return {
    text,
    query,
    parameters,
    compiled(computed = noComputedProperties) {
      compiled ??= withQueryErrors(() => compileQuery(query, parameters, { computed }));
      return compiled;
    },
  };
}

const parsedQueries = new Map<string, Query>();
const rememberedQueries = 200;

/** Reads a request's body: `{ "query": "…", "parameters": [{ "name": "@a", "value": 1 }] }`. */
export function readQueryRequest(call: Call): QueryRequest {
  const body = bodyObject(call);
  const text = own(body, "query");
  if (typeof text !== "string") {
    throw badRequest("The request's body has to be a JSON object with the property 'query', a string.");
  }
  const list = own(body, "parameters") ?? [];
  if (!Array.isArray(list)) throw badRequest("The property 'parameters' has to be an array.");
  const parameters = list.map((entry): QueryParameter => {
    const name = isObject(entry) ? own(entry, "name") : undefined;
    if (typeof name !== "string" || !isObject(entry)) {
      throw badRequest("A query parameter is an object with the properties 'name' and 'value'.");
    }
    const value = own(entry, "value");
    return value === undefined ? { name } : { name, value };
  });
  return queryRequest(text, parse(text), parameters);
}

function parse(text: string): Query {
  const known = parsedQueries.get(text);
  if (known !== undefined) return known;
  const query = withQueryErrors(() => parseQuery(text));
  if (parsedQueries.size >= rememberedQueries) parsedQueries.clear();
  if (text.length < 10_000) parsedQueries.set(text, query);
  return query;
}

/** A query's page as the operations answer it. */
export interface QueryAnswer extends Page {
  readonly headers: Record<string, string>;
}

/** Runs a request's query over a feed range, for the page that its continuation names. */
export function answerQuery(
  { snapshots }: Account,
  call: Call,
  feedRange: FeedRange,
  request: QueryRequest,
): QueryAnswer {
  const started = performance.now();
  const { query, parameters } = request;
  const policy = policyOf(feedRange.container);
  const computed = computedPropertiesOf(feedRange.container.definition);
  const compiled = request.compiled(computed);
  const filter = withoutProperties(indexableFilter(query, parameters), computed);
  const orderBy: OrderByPaths = orderByPaths(query) ?? [];
  if (query.orderBy !== undefined && compiled.hasOrderBy) checkOrderBy(policy, orderBy);
  const isReversed = orderBy.some(({ descending }) => descending);
  const prepared: PreparedQuery = {
    feedRange,
    compiled,
    filter,
    order: orderBy.length === 1 && !computed.has(orderBy[0]?.path[0] ?? "") ? orderBy[0] : undefined,
    isReversed,
    snapshots,
  };
  const binding = bindingOf(feedRange.container.rid, continuedText(query, request.text), parameters);
  const continuation = header(call, "x-ms-continuation");
  const position: Position =
    continuation === undefined || continuation === ""
      ? {}
      : readContinuation(binding, continuation, isPosition);
  const prepareTime = performance.now() - started;
  const page = withQueryErrors(() => runPage(prepared, position, pageSize(call)));

  const headers: Record<string, string> = { "x-ms-item-count": String(page.texts.length) };
  if (page.next !== undefined) headers["x-ms-continuation"] = writeContinuation(binding, page.next);
  if (query.orderBy !== undefined) {
    headers["x-ms-cosmos-query-execution-info"] = JSON.stringify({
      reverseRidEnabled: false,
      reverseIndexScan: isReversed,
    });
  }
  const key = namedKeyPath(feedRange);
  if (isTrue(call, "x-ms-cosmos-populateindexmetrics-v2")) {
    headers["x-ms-cosmos-index-utilization"] = indexMetrics(policy, filter, orderBy, key);
  } else if (isTrue(call, "x-ms-cosmos-populateindexmetrics")) {
    headers["x-ms-cosmos-index-utilization"] = firstIndexMetrics(policy, filter, orderBy, key);
  }
  if (isTrue(call, "x-ms-documentdb-populatequerymetrics")) {
    headers["x-ms-documentdb-query-metrics"] = queryMetrics(page, prepareTime, performance.now() - started);
  }
  return { ...page, headers };
}

/** The policy of a container. */
const policyOf = ({ definition }: ContainerEntry): IndexingPolicy =>
  parseIndexingPolicy(definition["indexingPolicy"] as JsonObject);

/** The path of the partition key that a request names; nothing for a hierarchical one, of which no client shows it. */
function namedKeyPath({ pk, container }: FeedRange): readonly string[] | undefined {
  const [path, ...others] = container.partitionKey.paths;
  return pk === undefined || path === undefined || others.length > 0 ? undefined : readPath(path);
}

function isPosition(position: Record<string, unknown>): boolean {
  const isCount = (value: unknown): boolean =>
    value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0);
  const isName = (value: unknown): boolean => value === undefined || typeof value === "string";
  const { n, r, o, t, a, s, m, h, k } = position;
  return (
    [n, r, o, t, a].every(isCount) &&
    [s, m, h].every(isName) &&
    (k === undefined || (Array.isArray(k) && k.every(Array.isArray)))
  );
}

/** Rows of a page, at most, when the client leaves their number to the service. */
const dynamicPageSize = 1_000;

function pageSize(call: Call): number {
  const count = readItemCount(call);
  return count === Number.POSITIVE_INFINITY ? dynamicPageSize : count;
}

/**
 * The text of `x-ms-documentdb-query-metrics`. Source: `@azure/cosmos`, queryMetrics/queryMetrics.js and
 * queryMetricsConstants.js.
 */
function queryMetrics(page: Page, prepareTime: number, totalTime: number): string {
  const { texts, loaded, loadedBytes, outputBytes } = page;
  const executed = totalTime - prepareTime;
  const fields: Record<string, number> = {
    totalExecutionTimeInMs: totalTime,
    queryCompileTimeInMs: prepareTime,
    queryLogicalPlanBuildTimeInMs: 0,
    queryPhysicalPlanBuildTimeInMs: 0,
    queryOptimizationTimeInMs: 0,
    VMExecutionTimeInMs: executed,
    indexLookupTimeInMs: 0,
    documentLoadTimeInMs: executed,
    systemFunctionExecuteTimeInMs: 0,
    userFunctionExecuteTimeInMs: 0,
    retrievedDocumentCount: loaded,
    retrievedDocumentSize: loadedBytes,
    outputDocumentCount: texts.length,
    outputDocumentSize: outputBytes,
    writeOutputTimeInMs: 0,
    indexUtilizationRatio: loaded === 0 ? 1 : Math.min(1, texts.length / loaded),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${Number.isInteger(value) ? value : value.toFixed(2)}`)
    .join(";");
}

/** Runs a query for one page of up to `size` rows. */
function runPage(query: PreparedQuery, position: Position, size: number): Page {
  const { compiled } = query;
  if (compiled.kind === "grouped" || compiled.distinct || compiled.isConstant)
    return snapshotPage(query, position, size);
  return compiled.kind === "ordered" ? orderedPage(query, position, size) : streamPage(query, position, size);
}
