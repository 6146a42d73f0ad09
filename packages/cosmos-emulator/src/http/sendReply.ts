import type { ServerResponse } from "node:http";
import type { Reply } from "./call.ts";

/** Headers of every answer, for clients that look for them. Source: Learn, REST "Common response headers". */
const commonHeaders = {
  "content-type": "application/json",
  "x-ms-gatewayversion": "version=2.14.0",
  "x-ms-serviceversion": "version=2.14.0.0",
  "x-ms-schemaversion": "1.18",
  "cache-control": "no-store, no-cache",
} as const;

/** Sends a reply in one write. */
export function send(response: ServerResponse, { status, headers, body }: Reply, activityId: string): void {
  const head: Record<string, string | number> = {
    ...commonHeaders,
    "x-ms-activity-id": activityId,
    ...headers,
  };
  if (body === undefined) {
    response.writeHead(status, head).end();
    return;
  }
  head["content-length"] = Buffer.byteLength(body);
  response.writeHead(status, head).end(body);
}

/** Sends the head and the first half of the body, then cuts the connection. */
export function sendHalf(
  response: ServerResponse,
  { status, headers, body = "" }: Reply,
  activityId: string,
): void {
  const bytes = Buffer.from(body);
  const head = { ...commonHeaders, "x-ms-activity-id": activityId, ...headers };
  response.writeHead(status, { ...head, "content-length": Math.max(1, bytes.length) });
  response.flushHeaders();
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}
