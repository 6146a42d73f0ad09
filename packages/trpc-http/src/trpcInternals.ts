/**
 * Everything of tRPC that this package builds on and that is not plain public API. Nothing else here imports from
 * `unstable-core-do-not-import`, and `test/trpcInternals.test.ts` checks each fact below against the installed
 * tRPC, so that an upgrade that moves one fails there, by name, before anything else does.
 *
 * tRPC's own adapters are a translation around `resolveResponse`, which needs a web Request and makes a web
 * Response. This package follows `resolveResponse`'s JSON branch with the functions that branch is made of:
 *
 * - `getRequestInfo` reads paths, batch, inputs and connection parameters. Of its request it uses `method`,
 *   `headers.get`, `headers.has`, `signal` and `text()`, of `searchParams` only `get`; that is all we give it.
 * - `getProcedureAtPath` is what it finds procedures with; a procedure carries its type in `_def.type`.
 * - `getAcceptHeader` decides whether a client asks for a streamed batch.
 * - `getErrorShape`, `getTRPCErrorFromUnknown`, `transformTRPCResponse` and `getHTTPStatusCode` make the answer.
 * - `defaultTransformer` is the value that a router without a transformer has in its config; it changes nothing.
 * - `urlPathToProcedurePath` applies the router's path separator.
 * - `isObject`, `isPromise`, `isAsyncIterable` tell outputs that only a stream could carry.
 * - `createURL` and `internal_exceptionHandler` of the node-http adapter: what a request's URL is, and the answer
 *   when handling itself fails.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnyTRPCRouter, TRPCError } from "@trpc/server";
import type { NodeHTTPRequestHandlerOptions } from "@trpc/server/adapters/node-http";
import type { HTTPBaseHandlerOptions, TRPCRequestInfo } from "@trpc/server/http";
import { getRequestInfo } from "@trpc/server/unstable-core-do-not-import";

export { getTRPCErrorFromUnknown, transformTRPCResponse } from "@trpc/server";
export {
  createURL,
  internal_exceptionHandler as exceptionHandler,
  nodeHTTPRequestHandler,
} from "@trpc/server/adapters/node-http";
export { createHTTPHandler } from "@trpc/server/adapters/standalone";
export { getHTTPStatusCode } from "@trpc/server/http";
export {
  defaultTransformer,
  getAcceptHeader,
  getErrorShape,
  isAsyncIterable,
  isObject,
  isPromise,
  urlPathToProcedurePath,
} from "@trpc/server/unstable-core-do-not-import";

/** What tRPC's request parser reads of a `Headers`. Names are lower-case. */
export interface HeaderReader {
  get(name: string): string | null;
  has(name: string): boolean;
}

/** What tRPC's request parser reads of a JSON `Request`. */
export interface RequestReader {
  readonly method: string;
  readonly headers: HeaderReader;
  readonly signal: AbortSignal;
  text(): Promise<string>;
}

/** What tRPC's request parser reads of a `URLSearchParams`. */
export interface ParameterReader {
  get(name: string): string | null;
}

/** One request as tRPC's node-http adapter hands it on: the handler's options with `req`, `res` and `path`. */
export type Exchange = NodeHTTPRequestHandlerOptions<AnyTRPCRouter, IncomingMessage, ServerResponse>;

/** One call of a request, as `getRequestInfo` describes it. */
export type Call = TRPCRequestInfo["calls"][number];

/** The arguments of a `responseMeta` function. */
export type ResponseMetaOptions = Parameters<
  NonNullable<HTTPBaseHandlerOptions<AnyTRPCRouter, unknown>["responseMeta"]>
>[0];

/** One result or error of a JSON answer, before the transformer. */
export type Envelope = ResponseMetaOptions["data"][number];

/** Either a call's error or its data. */
export type Outcome = [error: TRPCError, data: undefined] | [error: undefined, data: unknown];

/**
 * tRPC's reading of a JSON request: which procedures, which inputs, batched or not. Inputs are read and parsed when a
 * procedure asks for them. Rejects with the errors that tRPC answers: a batch too large, procedure types mixed.
 */
export function readRequestInfo(options: {
  readonly request: RequestReader;
  readonly parameters: ParameterReader;
  readonly path: string;
  readonly router: AnyTRPCRouter;
  readonly maxBatchSize: number | undefined;
}): Promise<TRPCRequestInfo> {
  const { request, parameters, path, router, maxBatchSize } = options;
  return getRequestInfo({
    req: request as unknown as Request,
    headers: request.headers as unknown as Headers,
    searchParams: parameters as unknown as URLSearchParams,
    path,
    router,
    url: null,
    ...(maxBatchSize === undefined ? {} : { maxBatchSize }),
  });
}
