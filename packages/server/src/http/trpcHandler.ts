import type { RequestListener } from "node:http";
import { createNodeHandler } from "@cosmos-trpc/trpc-http";
import type { AnyTRPCRouter, TRPCError } from "@trpc/server";
import { isStoreError } from "../errors/failure.ts";
import { type Context, createContext, type Shared } from "../request/context.ts";
import { startUsage } from "../request/usage.ts";
import { maxBodyBytes } from "./limits.ts";
import { trpcPath } from "./paths.ts";
import { retryHeaders, usageHeaders } from "./usageHeaders.ts";

/** Who is told what callers are not. */
interface Listeners {
  onError(error: TRPCError, path: string): void;
  /** A connection was cut, since its reader was too slow. */
  onDrop(path: string): void;
}

/** Serves a router under {@link trpcPath}. */
export function createTrpcHandler(
  router: AnyTRPCRouter,
  shared: Shared,
  { onError, onDrop }: Listeners,
): RequestListener {
  return createNodeHandler({
    router,
    basePath: trpcPath,
    createContext: ({ res, info }) =>
      createContext(shared, () => {
        onDrop(info.calls[0]?.path ?? "");
        res.destroy();
      }),
    maxBodySize: maxBodyBytes,
    // A query whose input is longer than a URL may be comes by POST.
    allowMethodOverride: true,
    onError: ({ error, path }) => onError(error, path ?? ""),
    responseMeta({ ctx, errors }) {
      const waits = errors.flatMap(({ cause }) => (isStoreError(cause) ? (cause.retryAfterMs ?? []) : []));
      return {
        headers: {
          // What is refused before its calls are known has no context, and cost nothing.
          ...usageHeaders(ctx === undefined ? startUsage() : (ctx as Context).usage),
          ...retryHeaders(waits.length === 0 ? undefined : Math.max(...waits)),
        },
      };
    },
  });
}
