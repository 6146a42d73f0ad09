import {
  type PartitionedQueryExecutionInfo,
  parseQuery,
  planQuery,
  singlePartitionKey,
} from "@cosmos-trpc/cosmos-sql";
import { charge } from "../../charge.ts";
import { type Call, header, isTrue, reply } from "../../http/call.ts";
import { effectivePartitionKey } from "../../partitionKey/effectivePartitionKey.ts";
import { badRequest, ServiceError, withQueryErrors } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import { computedPropertiesOf } from "../containers/computedProperties.ts";
import { documentsBody, rangesHeaders } from "../containers/containerReply.ts";
import { findContainer } from "../containers/findContainer.ts";
import { dataActions, type Operation } from "../operation.ts";
import { answerQuery, type QueryRequest, queryRequest, readQueryRequest } from "../queryRequest.ts";
import { type RequestedFeedRange, readFeedRange } from "./feedRange.ts";

/** `POST /docs` with a query. Source: Learn, REST "Query Documents". */
export const queryDocuments: Operation = {
  name: "queryDocuments",
  dataAction: dataActions.query,
  run(account, call) {
    const container = findContainer(account, call);
    const feedRange = readFeedRange(account, container, call);
    const request = readQueryRequest(call);
    checkGateway(call, feedRange, request);
    const answer = answerQuery(account, call, feedRange, request);
    const headers = { ...rangesHeaders(container, feedRange.ranges), ...answer.headers };
    return reply(200, charge.query(answer), documentsBody(container, answer.texts), headers);
  },
};

/**
 * The gateway itself goes through the partitions only for queries whose rows it can pass on as they come. For all
 * others it refuses with the plan in the body, and the client runs the query partition by partition.
 * Source: Learn, REST "Querying resources: queries that cannot be served by gateway"; `@azure/cosmos`,
 * queryIterator.js needsQueryPlan.
 */
function checkGateway(call: Call, feedRange: RequestedFeedRange, request: QueryRequest): void {
  if (!feedRange.isGateway) return;
  const { query, parameters } = request;
  // First, so that what is wrong with the query is its own refusal.
  const { kind, distinct, offset, limit } = request.compiled(
    computedPropertiesOf(feedRange.container.definition),
  );
  const isEnabled = isTrue(call, "x-ms-documentdb-query-enablecrosspartition");
  // A row of aggregates is left to the client even where WHERE names the one key: azure-cosmos for Python,
  // tests/test_aggregate.py.
  const isAggregateRow =
    kind === "grouped" && query.groupBy === undefined && query.select.projection.kind === "list";
  const isPinned =
    singlePartitionKey(query, parameters, feedRange.container.partitionKey.paths) !== undefined;
  if (isPinned && !(isEnabled && isAggregateRow)) return;
  if (!isEnabled) {
    // To the clients of then there is no partition that a query could cross.
    if (feedRange.container.partitionKey.systemKey) return;
    // Without 1004, upon which clients would go on by a plan: azure-cosmos for Python, tests/test_partition_key.py.
    throw badRequest(
      "Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.",
    );
  }
  const isPassedOn = kind === "stream" && !distinct && offset === 0 && limit === Number.POSITIVE_INFINITY;
  if (isPassedOn) return;
  throw new ServiceError(
    400,
    'Message: {"Errors":["The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully."]}',
    {
      substatus: 1004,
      body: { additionalErrorInfo: JSON.stringify(planFor(feedRange.container, request, call)) },
    },
  );
}

const all = "SELECT * FROM c";
const everything = parseQuery(all);

/** `GET /docs`: all documents, page by page. Source: Learn, REST "List Documents". */
export const listDocuments: Operation = {
  name: "listDocuments",
  dataAction: dataActions.query,
  run(account, call) {
    const container = findContainer(account, call);
    const feedRange = readFeedRange(account, container, call);
    const answer = answerQuery(account, call, feedRange, queryRequest(all, everything));
    const headers = { ...rangesHeaders(container, feedRange.ranges), ...answer.headers };
    return reply(200, charge.query(answer), documentsBody(container, answer.texts), headers);
  },
};

/**
 * `POST /docs` with `x-ms-cosmos-is-query-plan-request`: how a client has to run a query over several partitions. No
 * partition answers it, so it has no session token and names no path: azure-cosmos for Python takes an answer that does,
 * and names no partition key range, for a split, and forgets the partitions of all containers (_session.py).
 * Source: `@azure/cosmos`, ClientContext.js getQueryPlan.
 */
export const readQueryPlan: Operation = {
  name: "readQueryPlan",
  dataAction: dataActions.query,
  run(account, call) {
    const container = findContainer(account, call);
    const plan = planFor(container, readQueryRequest(call), call);
    return reply(200, charge.metadata, JSON.stringify(plan));
  },
};

/** The plan of a query over a container. */
function planFor(
  { partitionKey }: ContainerEntry,
  { query, parameters }: QueryRequest,
  call: Call,
): PartitionedQueryExecutionInfo {
  const features = header(call, "x-ms-cosmos-supported-query-features");
  return withQueryErrors(() =>
    planQuery(query, {
      parameters,
      partitioning: {
        paths: partitionKey.paths,
        kind: partitionKey.kind,
        effectivePartitionKey: (values) => effectivePartitionKey(values, partitionKey),
      },
      ...(features === undefined
        ? {}
        : { supportedFeatures: features.split(",").map((name) => name.trim()) }),
    }),
  );
}
