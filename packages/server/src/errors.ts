import { fieldProblems, maxNamedFields, type UnsafeNumberError } from "@cosmos-trpc/base";
import type { FieldProblem, Reason, StoreError } from "@cosmos-trpc/cosmos-core";
import { problemsSentence } from "@cosmos-trpc/cosmos-core/schema";
import { type TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { z } from "zod";

/** tRPC's code for each reason. */
const codeByReason: Readonly<Record<Reason, TRPC_ERROR_CODE_KEY>> = {
  "not-found": "NOT_FOUND",
  conflict: "CONFLICT",
  "precondition-failed": "PRECONDITION_FAILED",
  invalid: "BAD_REQUEST",
  "too-large": "PAYLOAD_TOO_LARGE",
  throttled: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  misconfigured: "INTERNAL_SERVER_ERROR",
};

/** The reason of a failure by tRPC's code: an application's own procedures may throw any. */
const reasonByCode: ReadonlyMap<TRPC_ERROR_CODE_KEY, Reason> = new Map(
  (Object.entries(codeByReason) as [Reason, TRPC_ERROR_CODE_KEY][]).map(([reason, code]) => [code, reason]),
);

/** What a caller learns of a failure, over tRPC and plain HTTP alike. */
export interface Failure {
  readonly message: string;
  readonly reason?: Reason;
  /** Each field of the input that is wrong. */
  readonly fields?: readonly FieldProblem[];
  readonly currentEtag?: string;
  readonly retryAfterMs?: number;
}

/** Messages for failures whose own message is for the operator. */
const discreet: Readonly<Partial<Record<Reason, string>>> = {
  invalid: "The database refused this input.",
  unavailable: "The database cannot be reached at the moment: try again.",
  misconfigured: "The server cannot use its database. The reason is in the server's log.",
};

/** The same for one item at fault, where the database is well. What is stored in it is not its caller's to learn. */
const discreetOfItem: Readonly<Partial<Record<NonNullable<StoreError["code"]>, string>>> = {
  "item-unfit": "This item does not fit its schema, as it is stored. The server's log says which fields.",
  "schema-outdated":
    "This item is of a later version of its schema than the server knows: see the server's log.",
  "schema-broken":
    "The server's schema or its upgrades fail for this item. The reason is in the server's log.",
};

const internal = "The server failed. The reason is in the server's log.";

const notJson: Failure = {
  message: "The request's body or input is not valid JSON.",
  reason: "invalid",
};

/** Says to a caller what went wrong, and nothing of the inside: no stack, endpoint or token. */
export function describeFailure(error: TRPCError): Failure {
  const { cause } = error;
  if (cause instanceof z.ZodError) {
    return wrongFields(fieldProblems(cause));
  }
  if (isStoreError(cause)) return describeStoreError(cause);
  if (isUnsafeNumberError(cause)) {
    return wrongFields(cause.numbers.map(({ path, message }) => ({ path, message })));
  }
  switch (error.code) {
    case "INTERNAL_SERVER_ERROR":
      return { message: internal };
    case "PARSE_ERROR":
      return notJson;
    case "PAYLOAD_TOO_LARGE":
      // What reads a body throws it without a message of its own, and tRPC puts the code there.
      return {
        message: error.message === error.code ? "The request's body is too large." : error.message,
        reason: "too-large",
      };
    case "BAD_REQUEST":
      // tRPC reports a body or an input that it cannot parse like this.
      if (cause instanceof SyntaxError) return notJson;
  }
  const reason = reasonByCode.get(error.code);
  return { message: error.message, ...(reason === undefined ? {} : { reason }) };
}

/** The same for a failure of the store. */
export function describeStoreError({
  reason,
  code,
  message,
  fields,
  currentEtag,
  retryAfterMs,
}: StoreError): Failure {
  // A message of our own names the fields; the database's may name anything.
  const ofItem = code === undefined ? undefined : discreetOfItem[code];
  const own = reason === "invalid" && fields !== undefined ? message : (ofItem ?? discreet[reason]);
  return {
    message: own ?? message,
    reason,
    ...(fields === undefined ? {} : { fields }),
    ...(currentEtag === undefined ? {} : { currentEtag }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** By name, so that a second copy of the package is recognized too. */
export const isStoreError = (error: unknown): error is StoreError =>
  error instanceof Error && error.name === "StoreError";

const isUnsafeNumberError = (error: unknown): error is UnsafeNumberError =>
  error instanceof Error && error.name === "UnsafeNumberError";

/**
 * A failure of a store as tRPC's, by its reason, tRPC's own wrapping of it included; any other failure as it is. Its message is what callers may know: the
 * store's own, for the log, is that of its cause. The procedures of {@link initApi} do so by themselves.
 *
 * @example
 * const procedure = t.procedure.use(async ({ next }) => {
 *   const result = await next();
 *   if (result.ok) return result;
 *   throw translateFailure(result.error);
 * });
 */
export function translateFailure(error: unknown): unknown {
  const cause = error instanceof TRPCError ? error.cause : error;
  if (!isStoreError(cause)) return error;
  return new TRPCError({
    code: codeByReason[cause.reason],
    message: describeStoreError(cause).message,
    cause,
  });
}

/**
 * The error formatter of {@link initApi}, for a tRPC instance of one's own: callers learn `reason`, `fields`,
 * `currentEtag` and `retryAfterMs` in `data`, and nothing of the inside.
 *
 * @example
 * const t = initTRPC.context<Context>().create({ errorFormatter: formatError });
 */
export function formatError<Shape extends { readonly message: string; readonly data: object }>({
  shape,
  error,
}: {
  readonly shape: Shape;
  readonly error: TRPCError;
}) {
  const { message, ...failure } = describeFailure(error);
  return { ...shape, message, data: { ...shape.data, ...failure } };
}

/** An array of a million wrong elements must not make an answer of a hundred megabytes. */
const wrongFields = (fields: readonly FieldProblem[]): Failure => ({
  message: problemsSentence(fields),
  reason: "invalid",
  fields: fields.slice(0, maxNamedFields),
});
