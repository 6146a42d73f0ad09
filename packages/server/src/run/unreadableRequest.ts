import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { maxHeaderBytes } from "../http/limits.ts";
import { problem } from "../http/problem.ts";
import { usageHeaders } from "../http/usageHeaders.ts";
import { Usage } from "../request/usage.ts";

/** What is wrong, by the code of Node's error. Source: Node's documentation, "Event: 'clientError'". */
const refusals: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    `The request's address and headers have more than ${maxHeaderBytes} bytes together: send a shorter filter or id.`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not come to its end in time."],
};

/**
 * Answers what is no request that can be read, and closes its connection; Node's own answer is empty.
 *
 * @param isAnswering whether an answer to an earlier request is on its way, into which nothing may be written
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex, isAnswering: boolean): void {
  if (!socket.writable || isAnswering || error.code === "ECONNRESET") {
    socket.destroy(error);
    return;
  }
  const [status, detail] = refusals[error.code ?? ""] ?? [400, "The request is no valid HTTP."];
  const { body, headers } = problem(status, detail);
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    ...usageHeaders(new Usage()),
    "content-length": Buffer.byteLength(text),
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${text}`);
}
