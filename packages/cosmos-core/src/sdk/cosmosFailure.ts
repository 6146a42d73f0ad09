import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
} from "@azure/identity";
import { type FailureCode, type Reason, StoreError } from "../errors/errors.ts";
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
  const network = networkCode(error);
  if (network !== undefined) {
    const code = network === "ENOTFOUND" ? "endpoint-wrong" : "no-answer";
    return new StoreError("unavailable", `Cosmos DB cannot be reached: ${failure.message}`, { code }, error);
  }
  if (noToken.some((kind) => error instanceof kind)) {
    const message = `There is no token for Cosmos DB: ${failure.message}`;
    return new StoreError("misconfigured", message, { code: "no-token" }, error);
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
    code: codeOf(status, substatus, answer.message),
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
      return `Cosmos DB refused this server's call (${status}/${substatus}): ${said}`;
    default:
      return `Cosmos DB answered ${status}/${substatus}: ${said}`;
  }
}

/** What a refusal of this server's call says. */
function codeOf(status: number, substatus: number, message = ""): FailureCode | undefined {
  if (status === 401) return "token-refused";
  if (status === 404 && substatus === ownerNotFound) return "container-missing";
  if (status !== 403) return undefined;
  // Source: Learn, "Troubleshoot forbidden exceptions": the two have no substatus that tells them apart for certain.
  return /firewall|IP .*blocked|blocked .*IP/i.test(message) ? "network-blocked" : "role-missing";
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

/** By which of these codes an error, or what it came from, says that nobody answered. */
function networkCode(error: unknown): string | undefined {
  for (let link = error, depth = 0; depth < 8; depth += 1) {
    if (typeof link !== "object" || link === null) return undefined;
    const { code, name = "", message: said, cause } = link as SdkError;
    if (typeof code === "string" && networkCodes.has(code)) return code;
    if (name === "AbortError" || name === "TimeoutError") return name;
    // @azure/identity keeps a network error's text and drops the error itself.
    const [told] = /ECONNREFUSED|ECONNRESET|EAI_AGAIN|network_error/.exec(said ?? "") ?? [];
    if (told !== undefined) return told;
    link = cause;
  }
  return undefined;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function number(value: unknown): number | undefined {
  const parsed = Number(value);
  return value === undefined || Number.isNaN(parsed) ? undefined : parsed;
}
