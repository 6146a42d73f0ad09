import {
  type Container,
  ErrorResponse,
  type ItemDefinition,
  type JSONObject,
  type OperationInput,
  type OperationResponse,
  type PartitionKey,
} from "@azure/cosmos";
import { StoreError } from "../errors/errors.ts";
import { type BatchExchange, isRefusal, noting } from "./batchExchange.ts";
import { isMinimal, type PointAnswer, type PointOperation, tooManyRequests } from "./pointOperation.ts";
import { patchBody } from "./pointRequest.ts";

/**
 * This file is the one place that knows how the SDK sends many operations in one request. There are two ways in:
 *
 * - `items.bulk`, deprecated, sends at once what it is given: up to 100 operations a physical partition.
 * - `items.executeBulkOperations`, its successor, collects operations on a timer of one second before it sends them.
 *
 * In calls of 100 point reads one after the other they came to 650 to 1,110 and to 98 reads a second (docs/coalescing.md),
 * so this uses the deprecated one. Where the SDK has it no more, this says so, and operations go out alone: all that is
 * lost is speed. When the successor's timer can be set by then, call it in `sendBatch`.
 */
export const canSendBatches = ({ items }: Container): boolean => typeof items.bulk === "function";

/** Operations that the service takes in a batch request. */
export const maxBatchOperations = 100;

/**
 * Bytes of operations from which on the SDK makes several requests of one batch, and some less. Source: `@azure/cosmos`,
 * common/constants.js, DefaultMaxBulkRequestBodySizeInBytes: 220,201.
 */
export const maxBatchBytes = 220_000;

/** Whether a batch's answer would have been too large with this operation's. Source: `@azure/cosmos`, bulkExecutionRetryPolicy.js. */
export const isLeftOut = ({ status, substatus }: PointAnswer): boolean =>
  status === 413 && substatus === 3402;

/** The answers to a batch, and whether the operations turned out to live in several physical partitions. */
export interface BatchAnswers {
  readonly answers: readonly PointAnswer[];
  readonly isScattered: boolean;
}

/**
 * Sends operations of one physical partition in one batch request. Answers have documents, except where none of the
 * operations' answers needs one.
 *
 * @returns an answer for each operation, in their order.
 * @throws what the SDK throws when there was no answer, or one that refuses the request as a whole; StoreError
 *   `unavailable` when the SDK made several requests of it, since a partition was split, and not all were refused.
 */
export async function sendBatch(
  container: Container,
  operations: readonly PointOperation[],
  abortSignal: AbortSignal,
): Promise<BatchAnswers> {
  const exchange: BatchExchange = { made: 0, refused: 0, activityId: undefined };
  try {
    const inputs = operations.map(toInput);
    const contentResponseOnWriteEnabled = !operations.every(isMinimal);
    const answers = await noting(exchange, () =>
      container.items.bulk(inputs, { continueOnError: true }, { abortSignal, contentResponseOnWriteEnabled }),
    );
    return {
      answers: operations.map((_, index) => toAnswer(answers[index], exchange.activityId)),
      isScattered: exchange.made > 1,
    };
  } catch (wrapped) {
    const error = unwrap(wrapped);
    if (!(error instanceof ErrorResponse)) throw error;
    if (isRefusal(Number(error.code)) && exchange.refused < exchange.made) throw someTookEffect(error);
    if (error.code !== tooManyRequests) throw error;
    // The request was throttled as a whole, and the SDK does not try such a one again.
    const { retryAfterInMs: retryAfterMs, activityId, message } = error;
    const throttled = { status: tooManyRequests, requestCharge: 0, retryAfterMs, activityId, message };
    return { answers: operations.map(() => throttled), isScattered: exchange.made > 1 };
  }
}

/** One of the requests that the SDK made of a batch was refused, and another may have taken effect. */
const someTookEffect = ({ code, activityId, message }: ErrorResponse): StoreError =>
  new StoreError("unavailable", `A part of a batch was answered ${code}: ${message}`, {
    status: Number(code),
    activityId,
  });

/** `items.bulk` puts what went wrong into an error of its own. */
function unwrap(error: unknown): unknown {
  const isWrapper = error instanceof Error && error.name === "Error" && !(error instanceof ErrorResponse);
  return isWrapper && error.cause !== undefined ? unwrap(error.cause) : error;
}

function toInput(operation: PointOperation): OperationInput {
  const { id } = operation.key;
  const partitionKey = operation.key.pk as PartitionKey;
  switch (operation.kind) {
    case "read":
      return { operationType: "Read", id, partitionKey };
    case "create":
      return { operationType: "Create", partitionKey, resourceBody: json(operation.body) };
    case "upsert":
      return { operationType: "Upsert", partitionKey, resourceBody: json(operation.body) };
    case "replace":
      return {
        operationType: "Replace",
        id,
        partitionKey,
        resourceBody: json(operation.body),
        ...ifMatch(operation),
      };
    case "patch":
      return {
        operationType: "Patch",
        id,
        partitionKey,
        resourceBody: patchBody(operation),
        ...ifMatch(operation),
      };
    case "delete":
      return { operationType: "Delete", id, partitionKey, ...ifMatch(operation) };
  }
}

const ifMatch = ({ ifMatch: condition }: { readonly ifMatch?: string | undefined }) =>
  condition === undefined ? {} : { ifMatch: condition };

/** The SDK's type of a body wants an index signature of JSON values. */
const json = (body: ItemDefinition) => body as ItemDefinition & JSONObject;

/** Fields that answers have beside those that the SDK's type names. Source: `@azure/cosmos`, bulk/BulkResponse.js. */
interface WireAnswer extends OperationResponse {
  readonly subStatusCode?: number;
  readonly retryAfterMilliseconds?: number;
  readonly message?: string;
}

function toAnswer(answer: WireAnswer | undefined, activityId: string | undefined): PointAnswer {
  if (answer === undefined) throw new Error("Cosmos DB's answer to a batch leaves operations out.");
  return {
    status: answer.statusCode,
    substatus: answer.subStatusCode,
    document: answer.resourceBody as ItemDefinition | undefined,
    etag: answer.eTag,
    requestCharge: answer.requestCharge,
    retryAfterMs: answer.retryAfterMilliseconds,
    activityId,
    message: answer.message,
  };
}
