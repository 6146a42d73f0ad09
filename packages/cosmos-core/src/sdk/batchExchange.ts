import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpClient } from "@azure/core-rest-pipeline";

/** What the requests of one batch came to. It should be one request; the SDK makes more when a partition was split. */
export interface BatchExchange {
  made: number;
  /** Of those the ones that Cosmos DB refused: they did nothing. */
  refused: number;
  /** Of the last answer. */
  activityId: string | undefined;
}

const current = new AsyncLocalStorage<BatchExchange>();

/** The header by which the SDK's batch requests are known. */
export const batchHeader = "x-ms-cosmos-is-batch-request";

/** Whether an answer says that its request did nothing: 4xx, but for the time-out of 408. */
export const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408;

/** Does some work, and notes in `exchange` the batch requests that {@link noteBatches} sees meanwhile. */
export const noting = <Result>(exchange: BatchExchange, work: () => Promise<Result>): Promise<Result> =>
  current.run(exchange, work);

/** Lets {@link noting} see what the SDK tells nobody: how many requests it made of a batch, and their activity ids. */
export const noteBatches = (http: HttpClient): HttpClient => ({
  async sendRequest(request) {
    const exchange = current.getStore();
    if (exchange === undefined || !request.headers.has(batchHeader)) return http.sendRequest(request);
    exchange.made += 1;
    const response = await http.sendRequest(request);
    if (isRefusal(response.status)) exchange.refused += 1;
    exchange.activityId = response.headers.get("x-ms-activity-id");
    return response;
  },
});
