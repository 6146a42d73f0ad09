import type { IncomingMessage } from "node:http";
import { jsonProblem, parseJson, UnsafeNumberError } from "@cosmos-trpc/base";
import { TRPCError } from "@trpc/server";
import { maxBodyBytes } from "./limits.ts";
import { badRequest } from "./problem.ts";

/** A request to which a framework's body parser may have added what it read. */
type ParsedRequest = IncomingMessage & { readonly body?: unknown };

/**
 * Reads a request's body as JSON, whatever its content type says. Where a body parser has read it already, it is what
 * that made of it.
 *
 * @throws TRPCError for what is no JSON or too large, and for a number that a double cannot hold
 */
export async function readJson(request: ParsedRequest): Promise<unknown> {
  if (!request.readableEnded) return parse(await receive(request));
  const { body } = request;
  // Body parsers make an object of nothing, which would be written over what is there.
  if (body === undefined || request.headers["content-length"] === "0") return parse(Buffer.alloc(0));
  if (typeof body === "string") return parse(Buffer.from(body));
  if (Buffer.isBuffer(body)) return parse(body);
  // An infinite number, of one that a double cannot hold, would be stored as null.
  const wrong = jsonProblem(body, { maxDepth: Number.POSITIVE_INFINITY });
  if (wrong !== undefined) throw badRequest([{ ...wrong, path: wrong.path || "body" }]);
  return body;
}

async function receive(request: IncomingMessage): Promise<Buffer> {
  const { "content-length": length, "content-encoding": encoding = "identity" } = request.headers;
  if (encoding.toLowerCase() !== "identity") {
    throw new TRPCError({
      code: "UNSUPPORTED_MEDIA_TYPE",
      message: `The content encoding ${encoding} is not read: send none.`,
    });
  }
  // It is not waited for; Node reads on what comes of it.
  if (Number(length) > maxBodyBytes) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is over the limit is read to its end, unkept: a client that still sends does not hear the answer.
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw jsonFailure(cause);
  }
}

/** What a caller is told of JSON that cannot be taken. */
const jsonFailure = (cause: unknown): TRPCError =>
  new TRPCError({ code: cause instanceof UnsafeNumberError ? "BAD_REQUEST" : "PARSE_ERROR", cause });
