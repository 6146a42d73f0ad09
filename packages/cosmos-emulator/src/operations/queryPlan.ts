import { type PartitionedQueryExecutionInfo, planQuery } from "@cosmos-trpc/cosmos-sql";
import { charge } from "../charge.ts";
import { type Call, header } from "../http/call.ts";
import { effectivePartitionKey } from "../partitionKey/effectivePartitionKey.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import { dataActions, type Operation } from "./operation.ts";
import { withQueryErrors } from "./queryErrors.ts";
import { type QueryRequest, readQueryRequest } from "./queryRequest.ts";
import { findContainer, reply } from "./resources.ts";

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
export function planFor(
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
