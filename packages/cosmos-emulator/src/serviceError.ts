import { QueryError } from "@cosmos-trpc/cosmos-sql";

/** The `code` of the service's error bodies, by HTTP status. Source: Learn, "HTTP status codes for Azure Cosmos DB". */
const codes: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  408: "RequestTimeout",
  409: "Conflict",
  410: "Gone",
  412: "PreconditionFailed",
  413: "RequestEntityTooLarge",
  424: "FailedDependency",
  429: "TooManyRequests",
  449: "RetryWith",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

/** What a request is refused with: an HTTP status, the service's substatus and a message for its body. */
export class ServiceError extends Error {
  readonly status: number;
  readonly substatus: number;
  /** The `code` property of the body. */
  readonly code: string;
  /** Extra response headers, `x-ms-retry-after-ms` for example. */
  readonly headers: Readonly<Record<string, string>>;
  /** Further properties of the body. */
  readonly body: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { substatus?: number; headers?: Record<string, string>; body?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.substatus = options.substatus ?? 0;
    this.code = codes[status] ?? "InternalServerError";
    this.headers = options.headers ?? {};
    this.body = options.body ?? {};
  }
}

/** 400: the request itself is wrong. */
export const badRequest = (message: string, substatus = 0): ServiceError =>
  new ServiceError(400, `Message: {"Errors":[${JSON.stringify(message)}]}`, { substatus });

/** 404: no such resource. */
export const notFound = (): ServiceError =>
  new ServiceError(
    404,
    'Message: {"Errors":["Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"]}',
  );

/**
 * 404 with substatus 1003: not the resource is missing but the database or container that it would be in.
 * Source: Learn, "Troubleshoot not found exceptions".
 */
export const ownerNotFound = (): ServiceError =>
  new ServiceError(404, 'Message: {"Errors":["Owner resource does not exist"]}', { substatus: 1003 });

/** 409: a resource of that id is there. */
export const conflict = (): ServiceError =>
  new ServiceError(409, 'Message: {"Errors":["Resource with specified id or name already exists."]}');

/** 409: another document of the partition key has the same values at the paths of a unique key. */
export const uniqueKeyViolation = (): ServiceError =>
  new ServiceError(409, 'Message: {"Errors":["Unique index constraint violation."]}');

/**
 * 410 with substatus 1002: the physical partition that the request names is not there any more; SDKs then read the ranges
 * anew. Source: `@azure/cosmos`, common/statusCodes.js (PartitionKeyRangeGone) and
 * client/ChangeFeed/ChangeFeedForEpkRange.js.
 */
export const rangeGone = (): ServiceError =>
  new ServiceError(
    410,
    'Message: {"Errors":["The requested resource is no longer available at the server."]}',
    { substatus: 1002 },
  );

/** 412: `If-Match` or `If-None-Match` does not hold. */
export const preconditionFailed = (): ServiceError =>
  new ServiceError(
    412,
    'Message: {"Errors":["Operation cannot be performed because one of the specified precondition is not met."]}',
  );

/** 413: the item or the request is too large. */
export const tooLarge = (): ServiceError =>
  new ServiceError(413, 'Message: {"Errors":["Request size is too large"]}');

/** 413 with the substatus by which bulk clients know to ask again: the batch's answer has no room for this document. */
export const responseTooLarge = (): ServiceError =>
  new ServiceError(413, 'Message: {"Errors":["Response size is too large"]}', { substatus: 3402 });

/**
 * 403: a write came to a region that is not the write region. Source: Learn, "HTTP status codes for Azure Cosmos DB";
 * for the message, Azure/azure-cosmos-dotnet-v3, issue 3580.
 */
export const writeForbidden = (): ServiceError =>
  new ServiceError(
    403,
    'Message: {"Errors":["The requested operation cannot be performed at this region"]}',
    {
      substatus: 3,
    },
  );

/** Answers a query's own errors as the service does: 400 with its list of errors as the message. */
export function withQueryErrors<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof QueryError) throw new ServiceError(400, `Message: ${error.message}`);
    throw error;
  }
}
