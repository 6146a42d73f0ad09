import { TRPCError } from "@trpc/server";
import type { TRPCRequestInfo } from "@trpc/server/http";
import type { JsonRequest } from "./jsonRequest.ts";
import { type Answer, type ResponseHead, settleHead, webHeaders } from "./responseHead.ts";
import {
  type Call,
  defaultTransformer,
  type Envelope,
  type Exchange,
  getErrorShape,
  getTRPCErrorFromUnknown,
  isAsyncIterable,
  isObject,
  isPromise,
  type Outcome,
  transformTRPCResponse,
} from "./trpcInternals.ts";

/** The context of a request, or why there is none. */
type Context = { readonly value: unknown; readonly error?: undefined } | { readonly error: TRPCError };

/**
 * Runs a request's calls and makes the answer: the JSON branch of tRPC's `resolveResponse`, step by step, including
 * which errors belong to one call and which to the whole request.
 *
 * @param reading what tRPC made of the request, or the error that it found.
 */
export async function answerCalls(
  exchange: Exchange,
  request: JsonRequest,
  reading: { readonly info: TRPCRequestInfo } | { readonly error: TRPCError },
): Promise<Answer> {
  const head: ResponseHead = { contentType: undefined, allow: undefined, added: undefined, web: undefined };
  const info = "info" in reading ? reading.info : undefined;
  let context: Context | undefined;
  try {
    if (!info) throw (reading as { readonly error: TRPCError }).error;
    if (info.isBatchCall && !(exchange.allowBatching ?? exchange.batching?.enabled ?? true)) {
      throw new TRPCError({ code: "BAD_REQUEST", message: "Batching is not enabled on the server" });
    }
    context = exchange.createContext ? await makeContext(exchange, info) : noContext;
    return info.isBatchCall
      ? await answerBatch(exchange, request, info, context, head)
      : await answerSingle(exchange, request, info, context, head);
  } catch (cause) {
    return answerFailure(exchange, info, contextValue(context), head, cause);
  }
}

const noContext: Context = { value: undefined };

async function makeContext(exchange: Exchange, info: TRPCRequestInfo): Promise<Context> {
  try {
    return { value: await exchange.createContext?.({ ...exchange, info }) };
  } catch (cause) {
    return { error: getTRPCErrorFromUnknown(cause) };
  }
}

function contextValue(context: Context | undefined): unknown {
  return context && !context.error ? context.value : undefined;
}

async function answerSingle(
  exchange: Exchange,
  request: JsonRequest,
  info: TRPCRequestInfo,
  context: Context,
  head: ResponseHead,
): Promise<Answer> {
  const call = info.calls[0] as Call;
  const [error, data] = await runCall(exchange, request, call, context, head);
  head.contentType = "application/json";
  if (needsStream(data)) throw streamRefused();

  const ctx = contextValue(context);
  const envelope: Envelope = error
    ? { error: shapeOf(exchange, call, error, ctx, info.type) }
    : { result: { data } };
  const status = settleHead(head, {
    ctx,
    info,
    envelopes: [envelope],
    errors: error ? [error] : [],
    failed: error !== undefined,
    responseMeta: exchange.responseMeta,
  });
  return finishAnswer(status, serialize(exchange, envelope), head);
}

async function answerBatch(
  exchange: Exchange,
  request: JsonRequest,
  info: TRPCRequestInfo,
  context: Context,
  head: ResponseHead,
): Promise<Answer> {
  const running = info.calls.map((call) => runCall(exchange, request, call, context, head));
  head.contentType = "application/json";
  const ctx = contextValue(context);
  const errors: (TRPCError | undefined)[] = [];
  let failed = false;
  const outcomes = (await Promise.all(running)).map(
    ([error, data]): Outcome =>
      !error && needsStream(data)
        ? [streamRefused(), undefined]
        : error
          ? [error, undefined]
          : [undefined, data],
  );
  const envelopes = outcomes.map(([error, data], index): Envelope => {
    errors.push(error);
    if (!error) return { result: { data } };
    failed = true;
    const call = info.calls[index] as Call;
    return { error: shapeOf(exchange, call, error, ctx, call.procedure?._def.type ?? "unknown") };
  });
  const status = settleHead(head, {
    ctx,
    info,
    envelopes,
    errors,
    failed,
    responseMeta: exchange.responseMeta,
  });
  return finishAnswer(status, serialize(exchange, envelopes), head);
}

/** The answer to an error that belongs to no single call. */
function answerFailure(
  exchange: Exchange,
  info: TRPCRequestInfo | undefined,
  ctx: unknown,
  head: ResponseHead,
  cause: unknown,
): Answer {
  const error = getTRPCErrorFromUnknown(cause);
  const type = info?.type ?? "unknown";
  exchange.onError?.({ error, path: undefined, input: undefined, ctx, type, req: exchange.req });
  const envelope: Envelope = {
    error: getErrorShape({
      config: exchange.router._def._config,
      error,
      type,
      path: undefined,
      input: undefined,
      ctx,
    }),
  };
  const body = serialize(exchange, envelope);
  const status = settleHead(head, {
    ctx,
    info,
    envelopes: envelope,
    errors: [error],
    failed: true,
    responseMeta: exchange.responseMeta,
  });
  return finishAnswer(status, body, head);
}

const acceptedMethods = { mutation: ["POST"], query: ["GET"], subscription: ["GET"] };
const acceptedMethodsWithOverride = {
  mutation: ["POST"],
  query: ["GET", "POST"],
  subscription: ["GET", "POST"],
};

async function runCall(
  exchange: Exchange,
  request: JsonRequest,
  call: Call,
  context: Context,
  head: ResponseHead,
): Promise<Outcome> {
  const { procedure, path } = call;
  try {
    if (!procedure) {
      throw new TRPCError({ code: "NOT_FOUND", message: `No procedure found on path "${path}"` });
    }
    const { type } = procedure._def;
    const accepted = (exchange.allowMethodOverride ? acceptedMethodsWithOverride : acceptedMethods)[type];
    if (!accepted.includes(request.method)) {
      head.allow = accepted.join(", ");
      throw new TRPCError({
        code: "METHOD_NOT_SUPPORTED",
        message: `Unsupported ${request.method}-request to ${type} procedure at path "${path}"`,
      });
    }
    if (type === "subscription") {
      throw new TRPCError({ code: "BAD_REQUEST", message: "Cannot batch subscription calls" });
    }
    if (context.error) throw context.error;
    // The same call that tRPC makes: a procedure is a function of these options.
    const data: unknown = await (procedure as unknown as (options: object) => Promise<unknown>)({
      path,
      getRawInput: call.getRawInput,
      ctx: context.value,
      type,
      signal: request.signal,
      batchIndex: call.batchIndex,
    });
    return [undefined, data];
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    exchange.onError?.({
      error,
      path,
      input: call.result(),
      ctx: contextValue(context),
      type: procedure?._def.type ?? "unknown",
      req: exchange.req,
    });
    return [error, undefined];
  }
}

function shapeOf(
  exchange: Exchange,
  call: Call,
  error: TRPCError,
  ctx: unknown,
  type: TRPCRequestInfo["type"],
): unknown {
  return getErrorShape({
    config: exchange.router._def._config,
    ctx,
    error,
    input: call.result(),
    path: call.path,
    type,
  });
}

/** Whether only a streamed batch could carry a value: an async iterable, or an object with promises or iterables. */
function needsStream(value: unknown): boolean {
  if (!isObject(value)) return false;
  return (
    isAsyncIterable(value) ||
    Object.values(value).some((member) => isPromise(member) || isAsyncIterable(member))
  );
}

function streamRefused(): TRPCError {
  return new TRPCError({
    code: "UNSUPPORTED_MEDIA_TYPE",
    message: "Cannot use stream-like response in non-streaming request - use httpBatchStreamLink",
  });
}

function serialize(exchange: Exchange, envelopes: Envelope | Envelope[]): string {
  const config = exchange.router._def._config;
  // The default transformer returns what it is given, so copying each envelope around it would change nothing.
  return JSON.stringify(
    config.transformer === defaultTransformer ? envelopes : transformTRPCResponse(config, envelopes),
  );
}

/**
 * A web Response refuses some statuses, and tRPC answers what comes of that. Statuses that it takes as they are need
 * no Response to tell.
 */
function finishAnswer(status: number, body: string, head: ResponseHead): Answer {
  const plain =
    Number.isInteger(status) && status >= 206
      ? status < 600 && status !== 304
      : status >= 200 && status < 204;
  if (plain) return { status, body, head };
  const response = new Response(body, { status, headers: webHeaders(head) });
  return { status: response.status, body, head };
}
