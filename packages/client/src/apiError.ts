import { TRPCClientError } from "@trpc/client";
import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from "@trpc/server";

/** Why the server refused a call: its closed list. */
export type ServerReason =
  | "not-found"
  | "conflict"
  | "precondition-failed"
  | "invalid"
  | "too-large"
  | "throttled"
  | "unavailable"
  | "misconfigured";

/** A field of the input and what is wrong with it. */
export interface FieldProblem {
  /** Where it is: `data.size`, `tags.0`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A refusal as the server sends it: tRPC's own form, and what a server of entities adds to it. */
export interface ErrorShape {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: {
    code: TRPC_ERROR_CODE_KEY;
    httpStatus: number;
    /** The path of the procedure that threw. */
    path?: string;
    /** The error's stack trace, of a server in development alone. */
    stack?: string;
    reason?: ServerReason;
    /** Each field of the input that is wrong. */
    fields?: readonly FieldProblem[];
    currentEtag?: string;
    retryAfterMs?: number;
  };
}

/**
 * Why a call failed before, beside or without the server's own word:
 * - `unreachable`: nobody answered: the connection was refused, cut, or the name is unknown.
 * - `timeout`: no answer within the client's `timeout`.
 * - `cancelled`: the caller's `AbortSignal`.
 * - `no-token`: `getToken` rejected, hung, or gave what is no token.
 * - `unauthorized`: HTTP 401: no token, one that has expired or is not valid yet.
 * - `forbidden`: HTTP 403.
 * - `redirected`: HTTP 3xx, as a sign-in page in front of the server sends it.
 * - `gateway`: HTTP 502 or 504 of a proxy in front of the server.
 * - `truncated`: an answer that ended too early, or a batch's answer that cannot be read.
 * - `not-this-api`: an answer of something else: HTML, or JSON that is not this API's.
 * - `failed`: this API's refusal without a reason of its list; `message` and `data.code` say more.
 */
export type ClientReason =
  | "unreachable"
  | "timeout"
  | "cancelled"
  | "no-token"
  | "unauthorized"
  | "forbidden"
  | "redirected"
  | "gateway"
  | "truncated"
  | "not-this-api"
  | "failed";

/** Everything that {@link ApiError.reason} can be. */
export type ErrorReason = ServerReason | ClientReason;

/** What tRPC's types call an API whose refusals have this form. */
type ApiErrors = { errorShape: ErrorShape; transformer: false };

/** What an {@link ApiError} is made from. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** The status of the answer. */
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly currentEtag?: string | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  /** The refusal, as the API sent it. */
  readonly shape?: ErrorShape | undefined;
  readonly meta?: Record<string, unknown> | undefined;
}

/**
 * What every failed call throws. It is a `TRPCClientError`, so what knows tRPC's errors knows this one; `message` is a
 * sentence for people, and `reason` is what a program branches on, through {@link isApiError}.
 */
export class ApiError extends TRPCClientError<ApiErrors> {
  declare readonly reason: ErrorReason;
  /** The HTTP status; `undefined` where nothing answered. */
  declare readonly status: number | undefined;
  /** The etag that the item has now, with `precondition-failed`, when the server knows it. */
  declare readonly currentEtag: string | undefined;
  /** Each field of the input that is wrong, with `invalid`. */
  declare readonly fields: readonly FieldProblem[] | undefined;
  /** How long to wait before trying again, in milliseconds, where the answer says so. */
  declare readonly retryAfterMs: number | undefined;

  constructor(reason: ErrorReason, message: string, details: ErrorDetails = {}) {
    const { shape, cause, meta, status, ...own } = details;
    super(message, { cause, meta, result: shape && { error: shape } } as ConstructorParameters<
      typeof TRPCClientError<ApiErrors>
    >[1]);
    // tRPC's constructor sets its own prototype.
    Object.assign(Object.setPrototypeOf(this, ApiError.prototype), {
      name: "ApiError",
      reason,
      status,
      ...own,
    });
  }
}

/**
 * Whether an error is this client's, and of one reason:
 * `if (isApiError(error, "precondition-failed")) reload(error.currentEtag);`
 * It goes by the error's name, so errors of a second copy of this package are known too.
 */
export function isApiError(error: unknown): error is ApiError;
export function isApiError<Reason extends ErrorReason>(
  error: unknown,
  reason: Reason,
): error is ApiError & { readonly reason: Reason };
export function isApiError(error: unknown, reason?: ErrorReason): boolean {
  return (
    error instanceof Error && error.name === "ApiError" && (!reason || (error as ApiError).reason === reason)
  );
}

/** Whether what failed may go well later, as it is: the connection, a proxy or the server was at fault. */
export const isPassing = ({ reason }: { readonly reason?: ErrorReason | undefined }): boolean =>
  /^(unreachable|timeout|gateway|truncated|throttled|unavailable)$/.test(reason as string);
