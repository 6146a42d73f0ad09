import type { IncomingMessage } from "node:http";
import { TRPCError } from "@trpc/server";

/** A request body that is being received. */
export interface RequestBody {
  /** The body as text once all of it is there. Rejects with `PAYLOAD_TOO_LARGE` if it grew over the limit. */
  text(): Promise<string>;
}

/** A request to which a framework's body parser may have added what it read. */
export type ParsedRequest = IncomingMessage & { readonly body?: unknown };

/**
 * Starts to receive a request's body at once, as tRPC does, whether or not a procedure will ask for it: a client that
 * sends its whole body before it reads must not wait for us. A body parser's `req.body` comes first.
 *
 * @param maxBodySize the most bytes to accept; 0 or `undefined` for no limit.
 */
export function receiveBody(req: ParsedRequest, maxBodySize: number | undefined): RequestBody {
  if (req.body !== undefined) return parsedBody(req.body);
  const chunks: Buffer[] = [];
  let size = 0;
  let settled: { readonly error: TRPCError | undefined } | undefined;
  let settle: (() => void) | undefined;

  const finish = (error: TRPCError | undefined) => {
    settled = { error };
    req.off("data", onData);
    req.off("end", onEnd);
    settle?.();
  };
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (maxBodySize && size > maxBodySize) finish(new TRPCError({ code: "PAYLOAD_TOO_LARGE" }));
    else chunks.push(chunk);
  };
  const onEnd = () => finish(undefined);
  req.on("data", onData);
  req.on("end", onEnd);

  return {
    async text() {
      if (!settled) await new Promise<void>((resolve) => (settle = resolve));
      if (settled?.error) throw settled.error;
      return withoutByteOrderMark(
        (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? "",
      );
    },
  };
}

function parsedBody(body: unknown): RequestBody {
  // `JSON.stringify` gives `undefined` for a function or a symbol, which is no body.
  const text: string | undefined = typeof body === "string" ? body : JSON.stringify(body);
  return { text: async () => withoutByteOrderMark(text?.toWellFormed() ?? "") };
}

/** Decoding a web Request's text drops one byte order mark. */
function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text;
}
