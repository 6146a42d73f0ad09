import type { RequestListener, ServerResponse } from "node:http";
import { StoreError } from "@cosmos-trpc/cosmos-core/schema";
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import type { Logger } from "pino";
import type { AnyEntity } from "../entity/entity.ts";
import { isStoreError } from "../errors/failure.ts";
import type { Shared } from "../request/context.ts";
import type { Database } from "../run/database.ts";
import { sendAnswer, sendJson } from "./answer.ts";
import { createDocsHandler } from "./docsHandler.ts";
import { nothingAt } from "./nothingAt.ts";
import { docsPath, openApiPath, restPath, trpcPath } from "./paths.ts";
import { createRestHandler } from "./restHandler.ts";
import { readTarget } from "./target.ts";
import { createTrpcHandler } from "./trpcHandler.ts";

/** The way in: hands each request to tRPC, the plain HTTP routes, the documentation or the health checks, by its path. */
export function createFront(
  entities: Readonly<Record<string, AnyEntity>>,
  router: AnyTRPCRouter,
  shared: Shared,
  log: Logger,
): RequestListener {
  const onError = (error: TRPCError, path: string): void => logFailure(log, error, path);
  const onDrop = (path: string): void =>
    log.info({ path }, "a watcher took its events too slowly: its connection is cut, it can resume");
  const trpc = createTrpcHandler(router, shared, { onError, onDrop });
  const rest = createRestHandler(entities, router, shared, onError);
  const docs = createDocsHandler(entities, onError);
  /** A rejection that nobody catches would end the process. */
  const settle = (work: Promise<void>, path: string, response: ServerResponse): void => {
    work.catch((thrown: unknown) => {
      onError(getTRPCErrorFromUnknown(thrown), path);
      response.destroy();
    });
  };
  return (request, response) => {
    const { path } = readTarget(request);
    if (path.startsWith(trpcPath)) trpc(request, response);
    else if (path.startsWith(restPath)) settle(rest(request, response), path, response);
    else if (path === "/healthz") sendJson(response, 200, { status: "ok" });
    else if (path === "/readyz") settle(ready(shared.database, response), path, response);
    else if (path === openApiPath || path === docsPath || path.startsWith(`${docsPath}/`)) {
      settle(docs(request, response, path), path, response);
    } else sendAnswer(response, nothingAt(entities, request.method, path));
  };
}

/** Readiness, for the operator: says why the database cannot be used, and what mends it. */
async function ready(database: Database, response: ServerResponse): Promise<void> {
  const failure = await database.check().then(
    () => undefined,
    (error: unknown) => (error instanceof StoreError ? error : new StoreError("unavailable", String(error))),
  );
  if (failure === undefined) sendJson(response, 200, { status: "ready" });
  else sendJson(response, 503, { status: failure.reason, problem: failure.message });
}

/** The server's own faults are errors, the database's absence a warning; a caller's mistake is no news. */
function logFailure(log: Logger, error: TRPCError, path: string): void {
  const { cause } = error;
  if (isStoreError(cause)) {
    const { reason, status, substatus, activityId } = cause;
    const level = reason === "misconfigured" ? "error" : reason === "unavailable" ? "warn" : "debug";
    log[level]({ path, reason, status, substatus, activityId }, cause.message);
  } else if (hasLeft(cause)) {
    log.debug({ path }, "the caller has left before its answer");
  } else if (error.code === "INTERNAL_SERVER_ERROR") {
    log.error({ path, err: error }, "unexpected failure");
  } else {
    log.debug({ path, code: error.code }, error.message);
  }
}

/** Whether a request failed since its connection was closed: while its body was read, or its operation ran. */
const hasLeft = (cause: unknown): boolean =>
  cause instanceof Error &&
  (cause.name === "AbortError" || (cause as NodeJS.ErrnoException).code === "ECONNRESET");
