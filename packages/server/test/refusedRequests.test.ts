import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createListener, readConfiguration } from "../src/index.ts";
import { api } from "./app.ts";
import { useServer } from "./serverOfFile.ts";

const running = useServer();

const json = { "content-type": "application/json" };

async function send(
  method: string,
  path: string,
  body?: RequestInit["body"],
  headers: Record<string, string> = {},
) {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const response = await fetch(running.url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : JSON.parse(text),
  };
}

/** Sends bytes, and gives the answer's head and as much of its body as comes with it; the request may have no end. */
async function firstWords(bytes: string): Promise<string> {
  const socket = connect(running.server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(bytes);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return chunk.toString();
}

const head = (method: string, path: string, headers: Record<string, string | number>): string =>
  `${method} ${path} HTTP/1.1\r\nhost: a\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;

const places = ["/api/cosmos/items", "/trpc/items.upsert"];

describe.each(places)("a body at %s", (path) => {
  test("that is too large by its own head is refused before it comes", async () => {
    const answer = await firstWords(`${head("POST", path, { ...json, "content-length": 9_000_000_000 })}{`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("The request's body is too large.");
  });

  test("that comes all the same is read over, and the next request on its connection answered", async () => {
    const socket = connect(running.server.port, "127.0.0.1");
    await once(socket, "connect");
    const length = 5 * 1024 * 1024;
    socket.write(head("POST", path, { ...json, "content-length": length }));
    expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1\.1 413 /);
    socket.write("x".repeat(length));
    socket.write(head("GET", "/healthz", {}));
    expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  test("that is encoded is not read as what it is not", async () => {
    const { status, body } = await send("POST", path, '{"id":"gzip"}', {
      ...json,
      "content-encoding": "gzip",
    });
    expect([status, JSON.stringify(body)]).toEqual([415, expect.stringContaining("gzip")]);
    const identity = { ...json, "content-encoding": "identity" };
    expect((await send("POST", path, '{"id":"plain"}', identity)).status).toBeLessThan(300);
  });

  test("that is no UTF-8 is not stored as U+FFFD", async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"id":"bytes","name":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    expect((await send("POST", path, bytes, json)).status).toBe(400);
    expect((await send("GET", "/api/cosmos/items/bytes")).status).toBe(404);
  });
});

test("nor in a batch, a stream or a query's input", async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"0":{"id":"bytes","name":"'),
    Buffer.from([0xff]),
    Buffer.from('"}}'),
  ]);
  for (const more of [{}, { "trpc-accept": "application/jsonl" }]) {
    const response = await fetch(`${running.url}/trpc/items.upsert?batch=1`, {
      method: "POST",
      body: bytes,
      headers: { ...json, ...more },
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("UTF-8")]);
  }
  await send("POST", "/api/cosmos/items", JSON.stringify({ id: "\ufffd" }));
  const input = (id: string) => `/trpc/items.get?input=%7B%22id%22:%22${id}%22%7D`;
  expect((await send("GET", input("%ef%bf%bd"))).status).toBe(200);
  expect((await send("GET", input("%fe"))).status).toBe(400);
  expect(await firstWords(`GET ${input("%fe")}#x HTTP/1.1\r\nhost: a\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
});

test("an address that has to be resolved first is no way around the parser of numbers", async () => {
  const body = '{"id":"resolved","data":{"n":9007199254740993}}';
  const headers = { ...json, "content-length": body.length };
  const answer = await firstWords(head("POST", "/trpc/./items.upsert", headers) + body);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain("data.n");
});

test("a body that nests deeper than an item may is refused, not failed at", async () => {
  const deep = `{"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const { status, body } = await send("PUT", "/api/cosmos/items/deep", deep);
  expect([status, body.fields?.[0]?.path]).toEqual([400, "data"]);
});

test.each(["/trpc/items.get", "/healthz", "/readyz", "/openapi.json", "/docs", "/api/cosmos/items"])(
  "TRACE %s is 405",
  async (path) => {
    const answer = await firstWords(head("TRACE", path, {}));
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toMatch(/\r\nallow: GET, /);
  },
);

test('If-Match: "*" is told from *', async () => {
  await send("POST", "/api/cosmos/items", '{"id":"starred"}');
  for (const etag of ['"*"', '""']) {
    const { status, body } = await send("DELETE", "/api/cosmos/items/starred", undefined, {
      "if-match": etag,
    });
    expect([status, body.detail]).toEqual([412, expect.stringContaining("without quotes")]);
  }
});

test.each(["/nowhere/", "/api/cosmos/items/"])(
  "a problem at %s repeats a part of a long path",
  async (path) => {
    const { status, body } = await send("GET", path + "a".repeat(15_000));
    expect(status).toBeGreaterThan(399);
    expect(body.instance.startsWith(`${path}aaa`)).toBe(true);
    expect(JSON.stringify(body).length).toBeLessThan(2_000);
    // None is cut in the middle of an encoded character's byte, which would be no address.
    for (const before of ["", "a", "ab"]) {
      const encoded = await send("GET", `${path}${before}${"%41".repeat(1_000)}`);
      expect(() => decodeURIComponent(encoded.body.instance)).not.toThrow();
    }
  },
);

test("what is no JSON is no input of an entity", async () => {
  const form = new FormData();
  form.set("id", "form");
  for (const [body, headers] of [
    [new Uint8Array([1, 2]), { "content-type": "application/octet-stream" }],
    [form, {}],
  ] as const) {
    for (const procedure of ["upsert", "patch", "delete"]) {
      const answer = await send("POST", `/trpc/items.${procedure}`, body, headers as Record<string, string>);
      expect([answer.status, answer.body.error.data.fields]).toEqual([415, undefined]);
    }
  }
});

describe("behind a body parser", () => {
  const server = createServer();
  let url: string;

  beforeAll(async () => {
    const listener = createListener(api, readConfiguration(running.emulator.env));
    server.on("request", express().use(express.json()).use(listener)).on("close", () => listener.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close().closeAllConnections();
  });

  const parsed = (method: string, path: string, body: string) =>
    fetch(url + path, { method, body, headers: json });

  test("an empty body is no object", async () => {
    const before = await (await parsed("POST", "/api/cosmos/items", '{"id":"full","name":"n"}')).json();
    expect((await parsed("PUT", "/api/cosmos/items/full", "")).status).toBe(400);
    expect((await parsed("POST", "/trpc/items.upsert", "")).status).toBe(400);
    expect(await (await fetch(`${url}/api/cosmos/items/full`)).json()).toEqual(before);
    expect((await parsed("PUT", "/api/cosmos/items/full", "{}")).status).toBe(200);
  });

  test.each(places)("an infinite number is refused with its field at %s", async (path) => {
    for (const literal of ["1e400", "-1e400"]) {
      const response = await parsed("POST", path, `{"id":"infinite","data":{"n":${literal}}}`);
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("data.n")]);
    }
    expect((await fetch(`${url}/api/cosmos/items/infinite`)).status).toBe(404);
  });
});
