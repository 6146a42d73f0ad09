import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { StoreError } from "@cosmos-trpc/cosmos-core/schema";
import type { TRPCError } from "@trpc/server";
import type { Logger } from "pino";
import type { Database } from "../database.ts";
import { isStoreError } from "../failure.ts";
import { sendJson } from "./answer.ts";
import { createRestHandler, restPath } from "./restHandler.ts";
import { createTrpcHandler, trpcPath } from "./trpcHandler.ts";

/** The way in: hands each request to tRPC, the plain HTTP routes or the health checks, by its path. */
export function createFront(database: Database, log: Logger): RequestListener {
  const onError = (error: TRPCError, path: string): void => logFailure(log, error, path);
  const trpc = createTrpcHandler(database, onError);
  const rest = createRestHandler(database, onError);
  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (path.startsWith(trpcPath)) trpc(request, response);
    else if (path === restPath || path.startsWith(`${restPath}/`)) void rest(request, response);
    else if (path === "/healthz") sendJson(response, 200, { status: "ok" });
    else if (path === "/readyz") void ready(database, response);
    else sendNothing(request, response, path);
  };
}

/** Readiness, for the operator: says why the database cannot be used, and what mends it. */
async function ready(database: Database, response: ServerResponse): Promise<void> {
  try {
    await database.check();
    sendJson(response, 200, { status: "ready" });
  } catch (error) {
    const failure = error instanceof StoreError ? error : new StoreError("unavailable", String(error));
    sendJson(response, 503, { status: failure.reason, problem: failure.message });
  }
}

function sendNothing(request: IncomingMessage, response: ServerResponse, path: string): void {
  const detail = `Nothing is served at ${request.method} ${path}: tRPC is at ${trpcPath}, plain HTTP at ${restPath}.`;
  const body = { type: "about:blank", title: "Not Found", status: 404, detail };
  sendJson(response, 404, body, { "content-type": "application/problem+json" });
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
