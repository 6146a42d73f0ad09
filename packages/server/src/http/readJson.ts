import type { IncomingMessage } from "node:http";
import { TRPCError } from "@trpc/server";
import { maxBodyBytes } from "./limits.ts";

/** Reads a request's body as JSON, whatever its content type says. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is over the limit is read to its end, unkept: a client that still sends does not hear the answer.
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw new TRPCError({ code: "PARSE_ERROR", cause });
  }
}
