import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { useServer } from "./serverOfFile.ts";

const running = useServer();

/** Sends bytes, and reads all that comes back until the connection is closed. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(running.server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(bytes);
  return text(socket);
}

const request = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n`;

test.each([
  ["an unknown method", request("/api/cosmos/items/a").replace("GET", "FOO"), 400, "Bad Request"],
  ["what is no HTTP", "\u0000\u0001\r\n\r\n", 400, "Bad Request"],
  ["an address too long", request(`/api/cosmos/items/${"a".repeat(70_000)}`), 431, expect.any(String)],
  ["headers too long", request("/healthz", `x: ${"a".repeat(70_000)}\r\n`), 431, expect.any(String)],
])("%s is refused with a problem document", async (_name, bytes, status, title) => {
  const [head = "", body = ""] = (await exchange(bytes)).split("\r\n\r\n");
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toContain("\r\ncontent-type: application/problem+json");
  expect(head).toContain("\r\nx-ms-request-charge: 0");
  expect(head).toMatch(/\r\nserver-timing: total;dur=/);
  expect(head).toContain(`\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`);
  expect(JSON.parse(body)).toEqual({ type: "about:blank", title, status, detail: expect.any(String) });
});

test("nothing is written into an answer that has begun", async () => {
  const answer = await exchange(`${request("/trpc/items.watch")}\u0000\r\n\r\n`);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("a cursor of any length that is allowed travels in an address and a header at once", async () => {
  const cursor = "a".repeat(16_384);
  const address = `/trpc/items.watch?input=${encodeURIComponent(JSON.stringify({ lastEventId: cursor }))}`;
  const response = await fetch(running.server.url + address, { headers: { "last-event-id": cursor } });
  // It is read, and found to be none.
  expect(await response.text()).toContain("The cursor is none of this container's");
  const list = await fetch(`${running.server.url}/api/cosmos/items?cursor=${cursor}`);
  expect(list.status).toBe(400);
});
