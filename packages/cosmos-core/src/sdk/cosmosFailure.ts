import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
} from "@azure/identity";
import { type Reason, StoreError } from "../errors/errors.ts";
import type { PointAnswer } from "./pointOperation.ts";

/** What the SDK throws: its own ErrorResponse and TimeoutError, or the HTTP pipeline's RestError. */
interface SdkError {
  readonly name?: string;
  readonly message?: string | undefined;
  readonly code?: number | string;
  readonly substatus?: number | undefined;
  readonly activityId?: string | undefined;
  readonly retryAfterInMs?: number | undefined;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A parent of the item does not exist. Source: Learn, "Troubleshoot not found exceptions" (404/1003). */
const ownerNotFound = 1003;

const reasonByStatus: Readonly<Record<number, Reason>> = {
  400: "invalid",
  401: "misconfigured",
  403: "misconfigured",
  404: "not-found",
  409: "conflict",
  412: "precondition-failed",
  413: "too-large",
  429: "throttled",
};

/** Says in the terms of {@link StoreError} what went wrong in an SDK call. */
export function fromSdkError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const failure = (typeof error === "object" && error !== null ? error : {}) as SdkError;
  if (isNetworkFailure(error)) {
    return new StoreError("unavailable", `Cosmos DB cannot be reached: ${failure.message}`, {}, error);
  }
  if (noToken.some((kind) => error instanceof kind)) {
    return new StoreError(
      "misconfigured",
      `No token for Cosmos DB: ${failure.message} In Azure, give the app a managed identity (and set AZURE_CLIENT_ID for a user-assigned one).`,
      {},
      error,
    );
  }
  if (typeof failure.code !== "number") {
    return new StoreError("unavailable", `The call to Cosmos DB failed: ${failure.message}`, {}, error);
  }
  return fromStatus(failure.code, failure, error);
}

/** What a credential throws; the chain of `DefaultAzureCredential` throws them all in one. */
const noToken = [CredentialUnavailableError, AuthenticationError, AggregateAuthenticationError];

/** The same for the answer to one operation, alone or of a batch. */
export const fromAnswer = ({ status, requestCharge, retryAfterMs, ...answer }: PointAnswer): StoreError =>
  fromStatus(status, {
    ...answer,
    retryAfterInMs: retryAfterMs,
    headers: { "x-ms-request-charge": requestCharge },
  });

/** The same for a status. */
export function fromStatus(status: number, answer: SdkError, cause?: unknown): StoreError {
  const substatus = answer.substatus ?? 0;
  const reason =
    status === 404 && substatus === ownerNotFound
      ? "misconfigured"
      : (reasonByStatus[status] ??
        (status < 500 && ![408, 410, 449].includes(status) ? "invalid" : "unavailable"));
  const details = {
    status,
    substatus,
    activityId: answer.activityId ?? text(answer.headers?.["x-ms-activity-id"]),
    retryAfterMs: answer.retryAfterInMs,
    requestCharge: number(answer.headers?.["x-ms-request-charge"]),
  };
  return new StoreError(reason, message(reason, status, substatus, answer), details, cause);
}

function message(reason: Reason, status: number, substatus: number, answer: SdkError): string {
  const said = answer.message?.split("\r\n")[0] ?? "";
  switch (reason) {
    case "not-found":
      return "There is no such item.";
    case "conflict":
      return "An item of this id is already there.";
    case "precondition-failed":
      return "The item has changed since this etag was read: read it again, then write with its etag.";
    case "too-large":
      return "The item is larger than 2 MB.";
    case "throttled":
      return "Cosmos DB is over its provisioned throughput: wait, then try again.";
    case "misconfigured":
      return `Cosmos DB refused this server's call (${status}/${substatus}): ${said}${mending(status)}`;
    default:
      return `Cosmos DB answered ${status}/${substatus}: ${said}`;
  }
}

/** The command that mends what the server may not do. */
function mending(status: number): string {
  switch (status) {
    case 401:
      return " Check COSMOS_ENDPOINT and that the account accepts this tenant's tokens.";
    case 403:
      return ' Give the identity the role with `az cosmosdb sql role assignment create --role-definition-name "Cosmos DB Built-in Data Contributor" …`, and let the account\'s firewall pass this network.';
    default:
      return " Make the database and the container with the infrastructure step (`azd provision`), or correct COSMOS_DATABASE and COSMOS_CONTAINER.";
  }
}

/** Error codes of Node's sockets and DNS, and of the SDK's pipeline, that mean: nobody answered. */
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "REQUEST_SEND_ERROR",
  "TimeoutError",
]);

function isNetworkFailure(error: unknown): boolean {
  for (let link = error, depth = 0; depth < 8; depth += 1) {
    if (typeof link !== "object" || link === null) return false;
    const { code, name, message: said, cause } = link as SdkError;
    if (typeof code === "string" && networkCodes.has(code)) return true;
    if (name === "AbortError" || name === "TimeoutError") return true;
    // @azure/identity keeps a network error's text and drops the error itself.
    if (/ECONNREFUSED|ECONNRESET|EAI_AGAIN|network_error/.test(said ?? "")) return true;
    link = cause;
  }
  return false;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function number(value: unknown): number | undefined {
  const parsed = Number(value);
  return value === undefined || Number.isNaN(parsed) ? undefined : parsed;
}
