import { charge } from "../../charge.ts";
import type { ServiceError } from "../../serviceError.ts";
import type { Outcome } from "./documentRequest.ts";

/** What one operation of a batch is answered with. */
export interface BatchResult {
  readonly status: number;
  readonly substatus: number;
  readonly charge: number;
  readonly etag?: string;
  /** The document as JSON text. */
  readonly body?: string;
  readonly message?: string;
  readonly retryAfter?: number;
}

/** The result of an operation that was done. */
export function doneResult({ status, charge, etag, body }: Outcome, withBody: boolean): BatchResult {
  return {
    status,
    substatus: 0,
    charge,
    ...(etag === undefined ? {} : { etag }),
    ...(body === undefined || !withBody ? {} : { body }),
  };
}

/** The result of an operation that was refused. */
export function refusedResult({ status, substatus, message, headers }: ServiceError): BatchResult {
  const retryAfter = Number(headers["x-ms-retry-after-ms"]);
  return {
    status,
    substatus,
    charge: Number(headers["x-ms-request-charge"] ?? charge.refused),
    message,
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
  };
}

/** The result of an operation that was not done because another was refused. */
export const failedDependency: BatchResult = { status: 424, substatus: 0, charge: 0 };

/**
 * A result as it goes over the wire. A document's text goes in as it is stored.
 * Source: `@azure/cosmos`, bulk/BulkResponse.js; azure-cosmos-dotnet-v3, TransactionalBatchOperationResult.
 */
export function resultText({
  status,
  substatus,
  charge,
  etag,
  body,
  message,
  retryAfter,
}: BatchResult): string {
  const head = JSON.stringify({
    statusCode: status,
    ...(substatus === 0 ? {} : { subStatusCode: substatus }),
    requestCharge: charge,
    ...(etag === undefined ? {} : { eTag: etag }),
    ...(message === undefined ? {} : { message }),
    ...(retryAfter === undefined ? {} : { retryAfterMilliseconds: retryAfter }),
  });
  return body === undefined ? head : `${head.slice(0, -1)},"resourceBody":${body}}`;
}
