import type { IncomingMessage, ServerResponse } from "node:http";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import type { Api } from "./createApi.ts";
import { isStoreError } from "./errors.ts";
import { sendAnswer, sendJson } from "./http/answer.ts";
import { createDocsHandler } from "./http/docsHandler.ts";
import { docsPath, healthPath, openApiPath, readyPath, trpcPath } from "./http/paths.ts";
import { methodNotAllowed, nothingAt } from "./http/problem.ts";
import { createRestHandler } from "./http/restHandler.ts";
import { readTarget } from "./http/target.ts";
import { createTrpcHandler } from "./http/trpcHandler.ts";
import type { Log } from "./log.ts";
import { type Connection, connect } from "./openStores.ts";
import { type ApiRequest, type RequestScope, requestStoresOf } from "./request/requestContext.ts";
import { Usage } from "./request/usage.ts";
import type { ListenerConfiguration } from "./run/configuration.ts";
import type { Database } from "./run/database.ts";
import { operatorMessage } from "./run/operatorMessage.ts";

/** A request listener of `node:http`, which is also a middleware of Express and Connect. */
export interface ApiListener {
  /**
   * @param next where given, what is called for a request to a path at which nothing of the API is served; else that is
   *   answered with 404
   */
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  /** Ends watches, so that their clients go on elsewhere, and lets go of the connections to Cosmos DB. */
  close(): void;
}

/**
 * The plain `(req, res)` listener of an API, for those who have a server already. It serves tRPC at `/trpc`, plain HTTP
 * at `/api/cosmos/<entity>` and at the paths of own procedures, `/openapi.json`, `/docs`, `/healthz` and `/readyz`.
 *
 * Bodies may have been read by a body parser before; numbers that JavaScript cannot hold are found only where they were
 * not.
 *
 * @throws TypeError for an endpoint that is none
 * @example
 * // Express
 * app.use(createListener(api, { cosmos: { endpoint: "https://shop.documents.azure.com" } }));
 * // node:http
 * createServer(createListener(api, readConfiguration(process.env))).listen(3000);
 */
export function createListener(api: Api, configuration: ListenerConfiguration): ApiListener {
  return listenerOn(api, connect(api.entities, configuration, Promise.resolve()));
}

/** The listener on a connection that is there. */
export function listenerOn(api: Api, { database, feeds, watchDuration, log }: Connection): ApiListener {
  const onError = (error: TRPCError, path: string): void => logFailure(log, error, path);
  const storesOf = requestStoresOf(api.entities);

  function scopeOf(response: ServerResponse, signal: AbortSignal, path = ""): RequestScope {
    return {
      database,
      feeds,
      watchDuration,
      usage: new Usage(),
      signal,
      disconnect() {
        log.info({ path }, "a watcher took its events too slowly: its connection is cut, it can resume");
        response.destroy();
      },
    };
  }

  const contextOf = (request: IncomingMessage, scope: RequestScope): unknown =>
    api.createContext({
      headers: request.headers,
      request,
      stores: storesOf(scope),
      charge: scope.usage,
      signal: scope.signal as AbortSignal,
    } satisfies ApiRequest);

  const trpc = createTrpcHandler(api.router, contextOf, scopeOf, onError);
  const rest = createRestHandler(api, contextOf, scopeOf, onError);
  const docs = createDocsHandler(api, onError);

  /** A rejection that nobody catches would end the process. */
  const settle = (work: Promise<void>, path: string, response: ServerResponse): void => {
    work.catch((thrown: unknown) => {
      onError(getTRPCErrorFromUnknown(thrown), path);
      response.destroy();
    });
  };

  function listener(
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void,
  ): void {
    const target = readTarget(request);
    const { path } = target;
    const isPage =
      path === healthPath ||
      path === readyPath ||
      path === openApiPath ||
      path === docsPath ||
      path.startsWith(`${docsPath}/`);
    if (path.startsWith(trpcPath)) {
      // tRPC makes a web Request of a request, which cannot be a TRACE.
      if (request.method === "TRACE") sendAnswer(response, methodNotAllowed(["GET", "POST"], path));
      else trpc(request, response);
    } else if (isPage && request.method !== "GET" && request.method !== "HEAD") {
      sendAnswer(response, methodNotAllowed(["GET", "HEAD"], path));
    } else if (path === healthPath) sendJson(response, 200, { status: "ok" });
    else if (path === readyPath) settle(ready(database, response, log), path, response);
    else if (isPage) settle(docs(request, response, path), path, response);
    else if (rest.serves(path)) settle(rest.handle(request, response, target), path, response);
    else if (next !== undefined) next();
    else sendAnswer(response, nothingAt(api.entities, request.method, path));
  }

  return Object.assign(listener, {
    close() {
      feeds.stop();
      database.close();
    },
  });
}

/** Readiness, for a platform: whether the database can be used, and if not the reason. The log says the rest. */
async function ready(database: Database, response: ServerResponse, log: Log): Promise<void> {
  const failure: unknown = await database.check().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure === undefined) return sendJson(response, 200, { status: "ready" });
  const status = isStoreError(failure) ? failure.reason : "unavailable";
  log.warn({ path: readyPath, reason: status }, operatorMessage(failure));
  sendJson(response, 503, { status });
}

/** The server's own faults are errors, the database's absence a warning; a caller's mistake is no news. */
function logFailure(log: Log, error: TRPCError, path: string): void {
  const { cause } = error;
  if (isStoreError(cause)) {
    const { reason, status, substatus, activityId } = cause;
    const level = reason === "misconfigured" ? "error" : reason === "unavailable" ? "warn" : "debug";
    log[level]({ path, reason, status, substatus, activityId }, operatorMessage(cause));
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
