import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database.ts";
import { describeFailure } from "../failure.ts";
import { appRouter } from "../router/index.ts";
import { createCallerFactory } from "../trpc.ts";
import { sendJson } from "./answer.ts";
import { readJson } from "./readJson.ts";
import { retryHeaders, usageHeaders } from "./usageHeaders.ts";

/** Where the plain HTTP routes are. */
export const restPath = "/api/cosmos/items";

const createCaller = createCallerFactory(appRouter);

/**
 * The two routes of the original recipe, for clients that speak plain HTTP: `POST /api/cosmos/items` and
 * `GET /api/cosmos/items/:id?pk=`. They call the same procedures as tRPC does. Failures are problem documents
 * (RFC 9457).
 */
export function createRestHandler(database: Database, onError: (error: TRPCError, path: string) => void) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = "", query] = (request.url ?? "").split("?", 2);
    const context = createContext(database);
    try {
      await route(request, response, path, new URLSearchParams(query), context);
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      onError(error, `${request.method} ${path}`);
      sendProblem(response, error, context);
    }
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
  context: Context,
): Promise<void> {
  const isFeed = path === restPath || path === `${restPath}/`;
  const allowed = isFeed ? "POST" : "GET";
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method !== allowed) {
    const body = {
      type: "about:blank",
      title: "Method Not Allowed",
      status: 405,
      detail: `Only ${allowed} is served here.`,
    };
    sendJson(response, 405, body, { "content-type": "application/problem+json", allow: allowed });
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const caller = createCaller(context, { signal: gone.signal });
  if (isFeed) {
    // The procedure's schema checks it: the type here says only what the caller wants to hear.
    const input = withIfMatch(await readJson(request), request.headers["if-match"]);
    const item = await caller.items.upsert(input as Parameters<typeof caller.items.upsert>[0]);
    sendJson(response, 201, item, { ...usageHeaders(context), etag: `"${item.etag}"` });
    return;
  }
  const id = decodeId(path.slice(restPath.length + 1));
  const pk = query.get("pk");
  const item = await caller.items.get(pk === null ? { id } : { id, pk });
  sendJson(response, 200, item, { ...usageHeaders(context), etag: `"${item.etag}"` });
}

/** The header says the same as the field, as HTTP says it; a field in the body goes first. */
function withIfMatch(input: unknown, ifMatch: string | undefined): unknown {
  if (ifMatch === undefined || typeof input !== "object" || input === null || Array.isArray(input))
    return input;
  return { ifMatch, ...input };
}

/** An id that is not valid percent-encoding is left as it is: no item has it. */
function decodeId(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function sendProblem(response: ServerResponse, error: TRPCError, context: Context): void {
  if (response.headersSent || response.destroyed) return;
  const status = getHTTPStatusCodeFromError(error);
  const { message, ...failure } = describeFailure(error);
  const body = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? error.code,
    status,
    detail: message,
    ...failure,
  };
  sendJson(response, status, body, {
    "content-type": "application/problem+json",
    ...usageHeaders(context),
    ...retryHeaders(failure.retryAfterMs),
  });
}
