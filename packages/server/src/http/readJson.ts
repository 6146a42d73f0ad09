import type { IncomingMessage } from "node:http";
import { parseJson, UnsafeNumberError } from "@cosmos-trpc/base";
import { TRPCError } from "@trpc/server";
import { maxBodyBytes } from "./limits.ts";

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
  if (typeof body === "string") return parse(Buffer.from(body));
  return Buffer.isBuffer(body) ? parse(body) : body;
}

async function receive(request: IncomingMessage): Promise<Buffer> {
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
