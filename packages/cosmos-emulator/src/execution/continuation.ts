import { createHash } from "node:crypto";
import { isObject } from "@cosmos-trpc/cosmos-sql/json";
import { badRequest } from "../serviceError.ts";

/**
 * A continuation token: base64url of JSON, bound to what it continues, so that another query's is refused.
 *
 * @typeParam Position where the next page begins
 */
export function writeContinuation(binding: string, position: object): string {
  return Buffer.from(JSON.stringify({ b: binding, p: position })).toString("base64url");
}

/** Reads a token back. @throws ServiceError 400 for one that is no token, or another request's. */
export function readContinuation<Position extends object>(
  binding: string,
  token: string,
  check: (position: Record<string, unknown>) => boolean,
): Position {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    parsed = undefined;
  }
  if (!isObject(parsed) || !isObject(parsed["p"]) || !check(parsed["p"])) {
    throw badRequest("The continuation token is malformed: Invalid Continuation Token.");
  }
  if (parsed["b"] !== binding) {
    throw badRequest(
      "The continuation token belongs to another query or container: Invalid Continuation Token.",
    );
  }
  return parsed["p"] as unknown as Position;
}

/** A short text that stands for what a token is bound to. */
export const bindingOf = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 12);
