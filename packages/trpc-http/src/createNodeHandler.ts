import { IncomingMessage, type RequestListener } from "node:http";
import { type AnyTRPCRouter, TRPCError } from "@trpc/server";
import type { CreateHTTPHandlerOptions } from "@trpc/server/adapters/standalone";
import type { TRPCRequestInfo } from "@trpc/server/http";
import { answerCalls } from "./answerCalls.ts";
import { headerReader, JsonRequest } from "./jsonRequest.ts";
import { asBadRequest, type ParseJson, parseInputsWith } from "./ownInputs.ts";
import { QueryParameters } from "./queryParameters.ts";
import { type RequestTarget, targetReader } from "./requestTarget.ts";
import { sendAnswer } from "./sendAnswer.ts";
import {
  createHTTPHandler,
  createURL,
  type Exchange,
  exceptionHandler,
  getAcceptHeader,
  getTRPCErrorFromUnknown,
  nodeHTTPRequestHandler,
  readRequestInfo,
  urlPathToProcedurePath,
} from "./trpcInternals.ts";

/**
 * The options of `createHTTPHandler` from `@trpc/server/adapters/standalone`, unchanged: `router`, `createContext`,
 * `basePath`, `onError`, `responseMeta`, `maxBodySize` (bytes), `maxBatchSize` (calls), `allowBatching`,
 * `allowMethodOverride` and `middleware`; and two more, `parseJson` and `isLossless`.
 */
export type NodeHandlerOptions<TRouter extends AnyTRPCRouter> = CreateHTTPHandlerOptions<TRouter> & {
  /**
   * What reads the JSON of bodies and inputs, in place of `JSON.parse`. What it throws is the answer to the request: a
   * `TRPCError` as it is, anything else as `BAD_REQUEST` with its message.
   */
  readonly parseJson?: ParseJson;
  /**
   * Whether to refuse with 400 or 415 what tRPC reads leniently, as something else than was sent: bodies and inputs that
   * are not UTF-8, and bodies with a `Content-Encoding`. Of a body parser, an empty body is none, and an infinite number
   * comes to `parseJson` as `1e999`. It goes with `parseJson`.
   */
  readonly isLossless?: boolean;
};

/**
 * A request listener that serves a tRPC router, for `node:http` and every framework that hands out node's own request
 * and response.
 *
 * JSON queries and mutations, single and batched, are served here without any web stream, Request or Response;
 * subscriptions, streamed batches, form data, octet streams and whatever else this does not know go to tRPC's own
 * handler. Answers are the same either way.
 *
 * @example
 * createServer(createNodeHandler({ router, createContext, basePath: "/trpc" })).listen(3000);
 */
export function createNodeHandler<TRouter extends AnyTRPCRouter>(
  options: NodeHandlerOptions<TRouter>,
): RequestListener {
  // One type for the rest of this package, which never looks inside the router's types.
  const handlerOptions = options as unknown as NodeHandlerOptions<AnyTRPCRouter>;
  const handOver = createHTTPHandler(handlerOptions);
  const readTarget = targetReader();
  const basePathLength = trimSlashes(handlerOptions.basePath ?? "/").length;
  const { middleware, parseJson, isLossless = false } = handlerOptions;
  const reading: Reading = { parseJson, isLossless };

  return (req, res) => {
    // With a parser of its own no input may go around it, be its address written as it may.
    const target = readTarget(req) ?? (parseJson && resolvedTarget(req));
    if (!target) {
      handOver(req, res);
      return;
    }
    const path = trimSlashes(trimSlashes(target.path).slice(basePathLength));
    const exchange: Exchange = { ...handlerOptions, req, res, path };
    if (!middleware) {
      serve(exchange, target, reading);
      return;
    }
    const { url } = req;
    try {
      middleware(req, res, (error: unknown) => {
        if (!error && req.url === url) serve(exchange, target, reading);
        else handOn(exchange, error);
      });
    } catch (cause) {
      exceptionHandler(exchange)(cause);
    }
  };
}

/** How inputs are read. */
interface Reading {
  readonly parseJson: ParseJson | undefined;
  readonly isLossless: boolean;
}

/** A request's target as a URL parser has it; `undefined` for what tRPC refuses. */
function resolvedTarget(req: IncomingMessage): RequestTarget | undefined {
  try {
    const { pathname, search, username, password } = createURL(req);
    return username === "" && password === "" ? { path: pathname, query: search.slice(1) } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws TRPCError for an input of which reading it would leave something else */
function refuseLossy(url: string | undefined, parameters: QueryParameters): void {
  // Bytes that stand in an address as they are come as the characters of Latin-1: which ones were meant, nobody knows.
  if (/[\x80-\uffff]/.test(url ?? "") || parameters.isLossy("input")) {
    throw new TRPCError({
      code: "BAD_REQUEST",
      message: "The request's address is not valid percent-encoding of UTF-8.",
    });
  }
}

/** A `GET` or `POST` over HTTP/1.1 that carries JSON or nothing and does not ask for a stream. */
function isJsonCall(req: IncomingMessage & { readonly body?: unknown }): boolean {
  if (req.httpVersion !== "1.1") return false;
  const contentType = req.headers["content-type"];
  if (req.method === "POST") {
    // Somebody has read the body. Unless they left what they read, tRPC has an explanation for them.
    if (
      "body" in req
        ? req.body instanceof IncomingMessage || (req.body === undefined && req.readableEnded)
        : req.readableEnded
    )
      return false;
  } else if (req.method !== "GET") {
    return false;
  } else if (contentType === undefined) {
    return true;
  }
  return contentType !== undefined && (contentType === "application/json" || isJson(contentType));
}

function isJson(contentType: string): boolean {
  return contentType.toLowerCase().split(";", 1)[0]?.trim() === "application/json";
}

function procedurePath(exchange: Exchange): string | undefined {
  const { path } = exchange;
  try {
    const decoded = path.includes("%") ? decodeURIComponent(path) : path;
    return urlPathToProcedurePath(decoded, exchange.router._def._config.pathSeparator);
  } catch {
    return undefined;
  }
}

/** Serves what this package knows and hands the rest over. */
function serve(exchange: Exchange, target: RequestTarget, how: Reading): void {
  answer(exchange, target, how).catch(exceptionHandler(exchange));
}

async function answer(
  exchange: Exchange,
  { query }: RequestTarget,
  { parseJson, isLossless }: Reading,
): Promise<void> {
  const { req, res, router } = exchange;
  if (req.method === "HEAD") {
    if (res.statusCode === 200) res.statusCode = 204;
    res.end();
    return;
  }
  const path = procedurePath(exchange);
  if (path === undefined || !isJsonCall(req)) return handOn(exchange);
  const headers = headerReader(req.headers);
  const isStreamed = getAcceptHeader(headers as unknown as Headers) === "application/jsonl";
  if (isStreamed && parseJson === undefined) return handOn(exchange);
  const request = new JsonRequest(req, res, headers, isLossless);
  const parameters = new QueryParameters(query);
  let reading: Parameters<typeof answerCalls>[2];
  try {
    const { maxBatchSize } = exchange;
    const info = await readRequestInfo({ request, parameters, path, router, maxBatchSize });
    if (parseJson !== undefined) {
      if (isLossless) refuseLossy(req.url, parameters);
      if (isStreamed || info.type === "subscription") {
        // tRPC refuses a stream that is no batch before it reads a body.
        if (isStreamed && !info.isBatchCall) return handOn(exchange);
        await checkInputs(parseJson, exchange, request, parameters);
        return handOn(exchange);
      }
      parseInputsWith(parseJson, info, exchange, request, parameters);
    }
    reading = { info: exchange.createContext || exchange.responseMeta ? withUrl(info, exchange) : info };
  } catch (cause) {
    reading = { error: getTRPCErrorFromUnknown(cause) };
  }
  if ("info" in reading && reading.info.type === "subscription") return handOn(exchange);
  if (req.method === "POST") request.receive(exchange.maxBodySize);
  sendAnswer(res, await answerCalls(exchange, request, reading));
}

/**
 * Parses the inputs of a request that tRPC's own handler is to answer, which parses them again by itself. A body is left
 * where a body parser leaves it.
 *
 * @throws TRPCError for what is JSON and the parser refuses
 */
async function checkInputs(
  parseJson: ParseJson,
  { req, maxBodySize }: Exchange,
  request: JsonRequest,
  parameters: QueryParameters,
): Promise<void> {
  let text = parameters.get("input");
  if (req.method === "POST") {
    // tRPC's own handler refuses it, in the stream.
    if (Number(req.headers["content-length"]) > (maxBodySize ?? Number.POSITIVE_INFINITY)) return;
    request.receive(maxBodySize);
    text = await request.text();
    Object.assign(req, { body: text });
  }
  try {
    if (text) parseJson(text);
  } catch (cause) {
    // What is no JSON to anybody is refused in tRPC's own words.
    if (isWrittenAsJson(text ?? "")) throw asBadRequest(cause);
  }
}

function isWrittenAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** To tRPC's own handler, with the middleware, if there is one, already behind. */
function handOn(exchange: Exchange, error?: unknown): void {
  nodeHTTPRequestHandler(
    exchange.middleware ? { ...exchange, middleware: (_req, _res, next) => next(error) } : exchange,
  );
}

/** Gives `info` its URL when somebody reads it. */
function withUrl(info: TRPCRequestInfo, { req }: Exchange): TRPCRequestInfo {
  let url: URL | undefined;
  return Object.defineProperty(info, "url", {
    configurable: true,
    enumerable: true,
    get: () => (url ??= createURL(req)),
    set: (value: URL) => {
      url = value;
    },
  });
}

function trimSlashes(path: string): string {
  const start = path.startsWith("/") ? 1 : 0;
  return path.slice(start, path.length > start && path.endsWith("/") ? -1 : undefined);
}
