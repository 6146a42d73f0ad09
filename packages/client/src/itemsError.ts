import { TRPCClientError } from "@trpc/client";
import type { AppRouter, ErrorShape, FieldProblem } from "./generated/router.d.ts";

/** Why the server refused a call: its closed list. */
export type ServerReason = NonNullable<ErrorShape["data"]["reason"]>;

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

/** Everything that {@link ItemsError.reason} can be. */
export type ErrorReason = ServerReason | ClientReason;

/** What an {@link ItemsError} is made from. */
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
 * sentence for people, and `reason` is what a program branches on, through {@link isItemsError}.
 */
export class ItemsError extends TRPCClientError<AppRouter> {
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
      typeof TRPCClientError<AppRouter>
    >[1]);
    // tRPC's constructor sets its own prototype.
    Object.assign(Object.setPrototypeOf(this, ItemsError.prototype), {
      name: "ItemsError",
      reason,
      status,
      ...own,
    });
  }
}

/**
 * Whether an error is this client's, and of one reason:
 * `if (isItemsError(error, "precondition-failed")) reload(error.currentEtag);`
 * It goes by the error's name, so errors of a second copy of this package are known too.
 */
export function isItemsError(error: unknown): error is ItemsError;
export function isItemsError<Reason extends ErrorReason>(
  error: unknown,
  reason: Reason,
): error is ItemsError & { readonly reason: Reason };
export function isItemsError(error: unknown, reason?: ErrorReason): boolean {
  return (
    error instanceof Error &&
    error.name === "ItemsError" &&
    (!reason || (error as ItemsError).reason === reason)
  );
}

/** Whether what failed may go well later, as it is: the connection, a proxy or the server was at fault. */
export const isPassing = ({ reason }: { readonly reason?: ErrorReason | undefined }): boolean =>
  /^(unreachable|timeout|gateway|truncated|throttled|unavailable)$/.test(reason as string);
