import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import { badRequest } from "./problem.ts";

/** A router's procedures, each to be called with its input. */
export type Procedures = Readonly<Record<string, unknown>>;

/** One request of a route. */
export interface RouteCall {
  readonly request: IncomingMessage;
  readonly procedures: Procedures;
  readonly query: URLSearchParams;
}

/** What is served at a path. */
export interface Route {
  /** `HEAD` is `GET` without its body. */
  readonly methods: readonly string[];
  /** Answers a request with one of the methods. */
  answer(method: string, call: RouteCall): Promise<Answer>;
}

/** What a segment of a path means. @throws TRPCError when it is not valid percent-encoding */
export function decodeSegment(name: string, segment: string): string {
  if (!isEncoded(segment)) throw badRequest([{ path: name, message: notEncoded }]);
  return decodeURIComponent(segment);
}

/**
 * The parameters of a query.
 *
 * @throws TRPCError that names those that are not valid percent-encoding: `URLSearchParams` reads any such as the same text
 */
export function decodeQuery(query: string): URLSearchParams {
  const wrong = query.split("&").filter((parameter) => !isEncoded(parameter));
  if (wrong.length === 0) return new URLSearchParams(query);
  const names = wrong.map((parameter) => new URLSearchParams(parameter).keys().next().value ?? "");
  throw badRequest(names.slice(0, 50).map((name) => ({ path: name.slice(0, 100), message: notEncoded })));
}

const notEncoded = "is not valid percent-encoding of UTF-8: write a % as %25";

/** Bytes that stand in an address as they are come as the characters of Latin-1: which ones were meant, nobody knows. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return /^[\0-\x7f]*$/.test(text);
  } catch {
    return false;
  }
}
