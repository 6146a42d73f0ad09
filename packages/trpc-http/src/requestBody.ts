import { isUtf8 } from "node:buffer";
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
 * @param isLossless whether what text would lose is refused, where tRPC takes what is left of it: bytes that are no
 *   UTF-8, another encoding, and what a body parser has made of a number or of nothing
 */
export function receiveBody(
  req: ParsedRequest,
  maxBodySize: number | undefined,
  isLossless: boolean,
): RequestBody {
  const { "content-length": length, "content-encoding": encoding = "identity" } = req.headers;
  if (req.body !== undefined) {
    return isLossless && length === "0" ? { text: async () => "" } : parsedBody(req.body, isLossless);
  }
  if (isLossless && encoding.toLowerCase() !== "identity") {
    return refusedBody("UNSUPPORTED_MEDIA_TYPE", `The content encoding ${encoding} is not read: send none.`);
  }
  // It is not waited for. Node reads on what comes of it, so that a client that sends it first hears the answer.
  if (maxBodySize && Number(length) > maxBodySize) return refusedBody("PAYLOAD_TOO_LARGE");
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
      const bytes = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) ?? Buffer.alloc(0);
      if (isLossless && !isUtf8(bytes)) {
        throw new TRPCError({ code: "BAD_REQUEST", message: "The request's body is not valid UTF-8." });
      }
      return withoutByteOrderMark(bytes.toString());
    },
  };
}

const refusedBody = (code: TRPCError["code"], message?: string): RequestBody => ({
  async text() {
    throw new TRPCError({ code, ...(message === undefined ? {} : { message }) });
  },
});

function parsedBody(body: unknown, isLossless: boolean): RequestBody {
  // `JSON.stringify` gives `undefined` for a function or a symbol, which is no body.
  const text: string | undefined =
    typeof body === "string" ? body : JSON.stringify(body, isLossless ? keepInfinite : undefined);
  return { text: async () => withoutByteOrderMark(text?.toWellFormed() ?? "") };
}

/** An infinite number as JSON writes one, which only a number too large for a double was, and not as `null`. */
const keepInfinite = (_name: string, value: unknown): unknown =>
  value === Number.POSITIVE_INFINITY
    ? rawJson("1e999")
    : value === Number.NEGATIVE_INFINITY
      ? rawJson("-1e999")
      : value;

/** In Node since version 22; TypeScript does not know it yet. */
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** Decoding a web Request's text drops one byte order mark. */
function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text;
}
