import type { ServerResponse } from "node:http";
import { type Answer, plainText, vary, webHeaders } from "./responseHead.ts";

/**
 * Sends a complete answer over whatever the response holds already. A status that a procedure has set on the response
 * wins, as with tRPC's adapter.
 *
 * Headers are set one by one, not given to `writeHead`: loggers read them from the response afterwards, and whoever
 * wraps `end` to change the body can still change them. Head and body leave in one write all the same.
 */
export function sendAnswer(res: ServerResponse, { status, body, head }: Answer): void {
  if (res.statusCode === 200) res.statusCode = status;
  if (head.web || head.allow !== undefined) {
    sendWithHeaders(res, body, webHeaders(head));
    return;
  }
  const own = { "content-type": head.contentType ?? plainText, vary };
  const headers = head.added === undefined ? own : sortedByName({ ...own, ...head.added });
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
}

/** In the order in which a web Headers lists them. */
function sortedByName<Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> {
  const sorted: Record<string, Value> = {};
  for (const name of Object.keys(headers).sort()) sorted[name] = headers[name] as Value;
  return sorted;
}

/** In the order in which a web Headers lists them, cookies last. */
function sendWithHeaders(res: ServerResponse, body: string, headers: Headers): void {
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
