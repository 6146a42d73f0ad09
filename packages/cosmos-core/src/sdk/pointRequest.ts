import {
  type Container,
  ErrorResponse,
  type ItemDefinition,
  type ItemResponse,
  type PartitionKey,
  type RequestOptions,
} from "@azure/cosmos";
import type { PointAnswer, PointOperation } from "./pointOperation.ts";

/**
 * Sends one operation in a request of its own.
 *
 * @param readOptions more options of a read
 * @throws what the SDK throws when there was no answer.
 */
export async function sendAlone(
  container: Container,
  operation: PointOperation,
  abortSignal: AbortSignal,
  readOptions: RequestOptions = {},
): Promise<PointAnswer> {
  try {
    const { statusCode, substatus, resource, etag, requestCharge, activityId } = await send(
      container,
      operation,
      abortSignal,
      readOptions,
    );
    return { status: statusCode, substatus, document: resource, etag, requestCharge, activityId };
  } catch (error) {
    if (error instanceof ErrorResponse && typeof error.code === "number") return refusal(error, error.code);
    throw error;
  }
}

/** The answer that an error of the SDK stands for. */
const refusal = (error: ErrorResponse, status: number): PointAnswer => ({
  status,
  substatus: error.substatus,
  requestCharge: Number(error.headers?.["x-ms-request-charge"] ?? 0),
  retryAfterMs: error.retryAfterInMs,
  activityId: error.activityId,
  message: error.message,
});

function send(
  container: Container,
  operation: PointOperation,
  abortSignal: AbortSignal,
  readOptions: RequestOptions,
): Promise<ItemResponse<ItemDefinition>> {
  const item = container.item(operation.key.id, operation.key.pk as PartitionKey);
  switch (operation.kind) {
    case "read":
      return item.read({ ...readOptions, abortSignal });
    case "create":
      return container.items.create(operation.body, { abortSignal });
    case "upsert":
      return container.items.upsert(operation.body, { abortSignal });
    case "replace":
      return item.replace(operation.body, { abortSignal, ...ifMatch(operation) });
    case "patch":
      return item.patch(patchBody(operation), { abortSignal, ...ifMatch(operation) });
    case "delete":
      return item.delete({ abortSignal, ...ifMatch(operation) });
  }
}

/** The body of a patch, alone or in a batch. */
export const patchBody = ({ steps, condition }: Extract<PointOperation, { kind: "patch" }>) => ({
  operations: [...steps],
  ...(condition === undefined ? {} : { condition }),
});

const ifMatch = ({ ifMatch: condition }: { readonly ifMatch?: string | undefined }) =>
  condition === undefined ? {} : { accessCondition: { type: "IfMatch" as const, condition } };
