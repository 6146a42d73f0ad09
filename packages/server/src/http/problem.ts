import { STATUS_CODES } from "node:http";
import type { FieldProblem } from "@cosmos-trpc/cosmos-core";
import { problemsSentence, StoreError } from "@cosmos-trpc/cosmos-core/schema";
import type { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { Entities } from "../entity/entity.ts";
import { describeFailure, translateFailure } from "../errors.ts";
import type { Answer } from "./answer.ts";
import { docsPath, restPath, trpcPath } from "./paths.ts";
import { retryHeaders } from "./usageHeaders.ts";

/** Characters of a path that an answer repeats: an id of 1,023 bytes in percent-encoding is more than people read. */
const maxShownPath = 500;

/** The media type of problem documents. Source: RFC 9457. */
const problemType = "application/problem+json";

/**
 * A problem document (RFC 9457): its type is `about:blank`, the status says what it is; `reason` and what follows it are
 * the same as in tRPC's answers.
 *
 * @param instance the path that was asked for, where it is known
 */
export function problem(
  status: number,
  detail: string,
  instance?: string,
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    body: {
      type: "about:blank",
      title: STATUS_CODES[status] ?? "Error",
      status,
      detail,
      instance: instance?.slice(0, maxShownPath).replace(/%.?$/, ""),
      ...more,
    },
    headers: { "content-type": problemType, ...headers },
  };
}

/** The answer to another method than a path has. */
export function methodNotAllowed(methods: readonly string[], path: string): Answer {
  const allow = methods.join(", ");
  const are = methods.length > 1 ? "are" : "is";
  return problem(405, `Only ${allow} ${are} served here.`, path, {}, { allow });
}

/** The problem document of a failure. */
export function problemOf(error: TRPCError, instance: string): Answer {
  const { message, ...failure } = describeFailure(error);
  return problem(
    getHTTPStatusCodeFromError(error),
    message,
    instance,
    failure,
    retryHeaders(failure.retryAfterMs),
  );
}

/** What is answered where nothing is served: it says what is. */
export function nothingAt(entities: Entities, method: string | undefined, path: string): Answer {
  const places = Object.keys(entities).map((name) => `${restPath}${name}`);
  return problem(
    404,
    `Nothing is served at ${method} ${path.slice(0, maxShownPath)}: tRPC is at ${trpcPath}, plain HTTP at ${places.join(", ")}, its description at ${docsPath}.`,
    path,
  );
}

/** The failure of a request's condition that does not hold. Source: RFC 9110, 13.1. */
export const unfulfilled = (message: string, more: { readonly currentEtag?: string } = {}): unknown =>
  translateFailure(new StoreError("precondition-failed", message, more));

/** The failure of a request whose address or headers are wrong; every field named. */
export const badRequest = (fields: readonly FieldProblem[]): unknown =>
  translateFailure(new StoreError("invalid", problemsSentence(fields), { fields }));
