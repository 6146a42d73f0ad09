import type { ServerResponse } from "node:http";
import { type Answer, plainText, vary, webHeaders } from "./responseHead.ts";

/**
 * Sends a complete answer. A status that a procedure has set on the response wins, as with tRPC's adapter.
 *
 * Where nothing else has touched the response, head and body leave in one write.
 */
export function sendAnswer(res: ServerResponse, { status, body, head }: Answer): void {
  if (
    head.web ||
    head.allow !== undefined ||
    res.statusCode !== 200 ||
    res.headersSent ||
    res.getHeaderNames().length > 0
  ) {
    sendWithHeaders(res, status, body, webHeaders(head));
    return;
  }
  const own = {
    "content-type": head.contentType ?? plainText,
    vary,
    "content-length": Buffer.byteLength(body),
  };
  res.writeHead(status, head.added === undefined ? own : sortedByName({ ...own, ...head.added }));
  res.end(body);
}

/** In the order in which a web Headers lists them. */
function sortedByName<Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> {
  const sorted: Record<string, Value> = {};
  for (const name of Object.keys(headers).sort()) sorted[name] = headers[name] as Value;
  return sorted;
}

/** Header by header, in the order in which a web Headers lists them, over whatever the response holds already. */
function sendWithHeaders(res: ServerResponse, status: number, body: string, headers: Headers): void {
  if (res.statusCode === 200) res.statusCode = status;
  if (!headers.has("content-type")) headers.set("content-type", plainText);
  let isAscii = true;
  for (const [name, value] of headers) {
    if (name !== "set-cookie") res.setHeader(name, value);
    isAscii &&= !/[^\0-\x7f]/.test(value);
  }
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) res.setHeader("set-cookie", cookies);
  // A head that leaves together with a text leaves in the text's encoding; alone, as HTTP wants it, in Latin-1.
  res.end(isAscii ? body : Buffer.from(body));
}
