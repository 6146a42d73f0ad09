import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { parseJson, type UnsafeNumberError } from "@cosmos-trpc/base";
import { createNodeHandler } from "@cosmos-trpc/trpc-http";
import type { AnyTRPCRouter, TRPCError } from "@trpc/server";
import { isStoreError } from "../errors.ts";
import type { RequestScope } from "../request/requestContext.ts";
import { Usage } from "../request/usage.ts";
import { maxBodyBytes } from "./limits.ts";
import { trpcPath } from "./paths.ts";
import { retryHeaders, usageHeaders } from "./usageHeaders.ts";

/** Where a request has what it costs, on what tRPC knows it by. */
const usageOf = Symbol("cosmos-trpc.usage");

interface Measured {
  [usageOf]?: Usage;
}

/** Serves a router under {@link trpcPath}. */
export function createTrpcHandler(
  router: AnyTRPCRouter,
  contextOf: (request: IncomingMessage, scope: RequestScope) => unknown,
  scopeOf: (response: ServerResponse, signal: AbortSignal, path: string) => RequestScope,
  onError: (error: TRPCError, path: string) => void,
): RequestListener {
  return createNodeHandler({
    router,
    basePath: trpcPath,
    createContext({ req, res, info }) {
      const scope = scopeOf(res, info.signal, info.calls[0]?.path ?? "");
      (info as Measured)[usageOf] = scope.usage;
      return contextOf(req, scope) as object | Promise<object>;
    },
    maxBodySize: maxBodyBytes,
    // A query whose input is longer than a URL may be comes by POST.
    allowMethodOverride: true,
    parseJson: parseInput,
    isLossless: true,
    onError: ({ error, path }) => onError(error, path ?? ""),
    responseMeta({ info, errors }) {
      const waits = errors.flatMap(({ cause }) => (isStoreError(cause) ? (cause.retryAfterMs ?? []) : []));
      return {
        headers: {
          // What is refused before its calls are known cost nothing.
          ...usageHeaders((info as Measured | undefined)?.[usageOf] ?? new Usage()),
          ...retryHeaders(waits.length === 0 ? undefined : Math.max(...waits)),
        },
      };
    },
  });
}

/** A request's JSON. In errors its fields are named as in the item: without the places of calls and arguments before them. */
function parseInput(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if ((error as Error).name !== "UnsafeNumberError") throw error;
    const { numbers } = error as UnsafeNumberError;
    Object.assign(error as UnsafeNumberError, {
      numbers: numbers.map(({ path, ...rest }) => ({ ...rest, path: path.replace(/^(?:\d+\.)+/, "") })),
    });
    throw error;
  }
}
