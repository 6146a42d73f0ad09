import type { RequestListener } from "node:http";
import { createNodeHandler } from "@cosmos-trpc/trpc-http";
import type { TRPCError } from "@trpc/server";
import { createContext } from "../context.ts";
import type { Database } from "../database.ts";
import { isStoreError } from "../failure.ts";
import { appRouter } from "../router/index.ts";
import { maxBodyBytes } from "./limits.ts";
import { retryHeaders, usageHeaders } from "./usageHeaders.ts";

/** Where tRPC is. */
export const trpcPath = "/trpc/";

/** Serves the router under {@link trpcPath}. */
export function createTrpcHandler(
  database: Database,
  onError: (error: TRPCError, path: string) => void,
): RequestListener {
  return createNodeHandler({
    router: appRouter,
    basePath: trpcPath,
    createContext: () => createContext(database),
    maxBodySize: maxBodyBytes,
    onError: ({ error, path }) => onError(error, path ?? ""),
    responseMeta({ ctx, errors }) {
      const waits = errors.flatMap(({ cause }) => (isStoreError(cause) ? (cause.retryAfterMs ?? []) : []));
      return {
        headers: {
          ...(ctx === undefined ? {} : usageHeaders(ctx)),
          ...retryHeaders(waits.length === 0 ? undefined : Math.max(...waits)),
        },
      };
    },
  });
}
