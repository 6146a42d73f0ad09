import type { Container, FeedOptions, FeedResponse, ItemDefinition, SqlQuerySpec } from "@azure/cosmos";
import type { PartitionKeyValue } from "../definition/itemKey.ts";
import { StoreError } from "../errors/errors.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";

/** A query as the SDK takes it. */
export type QuerySpec = SqlQuerySpec;

/** Options of one page of a query. */
export interface PageOptions {
  readonly maxItemCount: number;
  readonly continuationToken?: string | undefined;
  /** A whole partition key: the query goes to its partition only. */
  readonly partitionKey?: readonly PartitionKeyValue[] | undefined;
  /** The physical partition that answers, by its range's id. */
  readonly range?: string | undefined;
  readonly isExplained: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A page as the service answered it. */
export interface QueryPage {
  readonly documents: readonly ItemDefinition[];
  readonly continuationToken: string | undefined;
  /** RU. */
  readonly requestCharge: number;
  /** The index metrics as JSON, when they were asked for. */
  readonly indexMetrics: string | undefined;
}

/** Which physical partition a query goes to. Source: `@azure/cosmos`, common/constants.js. */
export const rangeHeader = "x-ms-documentdb-partitionkeyrangeid";

/** Runs a query for one page. @throws StoreError, and the caller's own reason when its signal aborts */
export async function queryPage(
  container: Container,
  query: QuerySpec,
  { maxItemCount, continuationToken, partitionKey, range, isExplained, signal }: PageOptions,
): Promise<QueryPage> {
  const options: FeedOptions = { maxItemCount };
  if (continuationToken !== undefined) options.continuationToken = continuationToken;
  if (partitionKey !== undefined)
    options.partitionKey = [...partitionKey] as NonNullable<FeedOptions["partitionKey"]>;
  if (range !== undefined) options.initialHeaders = { [rangeHeader]: range };
  if (isExplained) options.populateIndexMetrics = true;
  const page = await withinDeadline(
    signal,
    (abortSignal): Promise<FeedResponse<ItemDefinition>> =>
      container.items.query<ItemDefinition>(query, { ...options, abortSignal }).fetchNext(),
  ).catch((error: unknown) => {
    if (signal?.aborted === true) throw signal.reason;
    const failure = fromSdkError(error);
    if (failure.reason !== "too-large") throw failure;
    throw new StoreError("invalid", "The query is larger than Cosmos DB takes.", failure, error);
  });
  return {
    documents: page.resources ?? [],
    continuationToken: page.continuationToken,
    requestCharge: page.requestCharge,
    indexMetrics: isExplained ? page.indexMetrics : undefined,
  };
}
