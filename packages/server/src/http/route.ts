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
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest([{ path: name, message: "is not valid percent-encoding of UTF-8: write a % as %25" }]);
  }
}
