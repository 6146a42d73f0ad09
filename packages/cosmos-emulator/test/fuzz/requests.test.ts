import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { codePoint } from "../../../../vitest.codePoint.ts";
import { type Emulator, startEmulator } from "../../src/index.ts";
import { send, type WireRequest } from "../httpsRequest.ts";
import { masterKeyHeaders } from "../masterKey.ts";

const faults: unknown[] = [];
let emulator: Emulator;
let ca: string;

beforeAll(async () => {
  emulator = await startEmulator({ onFault: (error) => faults.push(error) });
  ca = readFileSync(emulator.caFile, "utf8");
  await signed("POST", "/dbs", "dbs", "", '{"id":"d"}');
  const container = '{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"}}';
  await signed("POST", "/dbs/d/colls", "colls", "dbs/d", container);
});
afterAll(async () => {
  await emulator.close();
  expect(faults).toEqual([]);
});

const signed = async (
  method: string,
  path: string,
  type: string,
  link: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<number> => {
  const signature = masterKeyHeaders({ method, type, link, key: emulator.key });
  return status({
    method,
    origin: emulator.endpoint,
    path,
    headers: { ...signature, ...headers },
    ...(body === undefined ? {} : { body }),
  });
};

const status = async (request: WireRequest): Promise<number> => (await send({ ...request, ca })).status;

/** The server does what it did before: it makes a document, reads it and drops it. */
async function expectAlive(): Promise<void> {
  const headers = { "x-ms-documentdb-partitionkey": '["p"]' };
  const docs = "/dbs/d/colls/c/docs";
  const id = `alive-${Math.random()}`;
  const body = JSON.stringify({ id, pk: "p" });
  expect(await signed("POST", docs, "docs", "dbs/d/colls/c", body, headers)).toBe(201);
  const link = `dbs/d/colls/c/docs/${id}`;
  expect(await signed("GET", `/${link}`, "docs", link, undefined, headers)).toBe(200);
  expect(await signed("DELETE", `/${link}`, "docs", link, undefined, headers)).toBe(204);
}

/** Characters that `node:http` sends in a target and in a header. */
const visible = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code < 0x7f || code > 0xa0);
const token = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(visible, { maxLength }).map((codes) => String.fromCharCode(...codes));

const segment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("dbs", "colls", "docs", "d", "c", "pkranges", "offers", "sprocs", ""),
  },
  { weight: 2, arbitrary: fc.constantFrom("%", "%00", "%2F", "%ff", "..", ".", "__proto__", "constructor") },
  { weight: 2, arbitrary: token(12) },
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 8 }).map((segments) => `/${segments.join("/")}`),
  fc.constantFrom("/dbs/d/colls/c/docs", "/dbs/d/colls/c/docs/a", "/dbs/d/colls", "/dbs", "/dbs/d/colls/c"),
  token(60),
);
// Without CONNECT, whose answer is another protocol's.
const method = fc.constantFrom(
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
);
const headerName = fc.constantFrom(
  "authorization",
  "x-ms-date",
  "x-ms-documentdb-partitionkey",
  "x-ms-documentdb-is-upsert",
  "x-ms-documentdb-isquery",
  "x-ms-session-token",
  "if-match",
  "if-none-match",
  "content-type",
  "a-im",
  "accept-encoding",
  "cookie",
);
const headerValue = fc.oneof(
  fc.constantFrom(
    "true",
    "*",
    '["p"]',
    "[]",
    "[{}]",
    "[1e999]",
    "0:-1#5",
    "0:x#y#z",
    "type=aad&ver=1.0&sig=a.b.c",
  ),
  fc.json({ maxDepth: 3 }).filter((text) => /^[\x20-\x7e]*$/.test(text)),
  token(60),
);
const headers = fc.dictionary(headerName, headerValue, { maxKeys: 5, noNullPrototype: true });
const body = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc
    .record({ id: fc.jsonValue({ maxDepth: 2 }), pk: fc.jsonValue({ maxDepth: 2 }) })
    .map((value) => JSON.stringify(value)),
  fc
    .record({ id: fc.string(), partitionKey: fc.jsonValue({ maxDepth: 3 }), indexingPolicy: fc.jsonValue() })
    .map((value) => JSON.stringify(value)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

it("answers anything that HTTP lets through, and never with its own fault", async () => {
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, async (verb, target, extra, content) => {
      const answer = await status({
        method: verb,
        origin: emulator.endpoint,
        path: target,
        headers: extra,
        body: content,
      });
      expect(answer).toBeGreaterThanOrEqual(200);
      expect(answer).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  await expectAlive();
});

it("answers anything that is signed, and never with its own fault", async () => {
  const targets = fc.constantFrom(
    ["/dbs", "dbs", ""],
    ["/dbs/d", "dbs", "dbs/d"],
    ["/dbs/d/colls", "colls", "dbs/d"],
    ["/dbs/d/colls/c", "colls", "dbs/d/colls/c"],
    ["/dbs/d/colls/c/docs", "docs", "dbs/d/colls/c"],
    ["/dbs/d/colls/c/docs/a", "docs", "dbs/d/colls/c/docs/a"],
    ["/dbs/d/colls/c/pkranges", "pkranges", "dbs/d/colls/c"],
  );
  // What would drop the container that the others go to is left out.
  const verb = fc.constantFrom("GET", "POST", "PUT", "PATCH", "HEAD");
  await fc.assert(
    fc.asyncProperty(
      verb,
      targets,
      headers,
      body,
      async (name, [target = "", type = "", link = ""], extra, content) => {
        const { authorization: _, "x-ms-date": __, ...rest } = extra;
        const answer = await signed(name, target, type, link, content, rest);
        expect(answer).toBeGreaterThanOrEqual(200);
        expect(answer).toBeLessThan(500);
      },
    ),
    { numRuns: 500 },
  );
  await expectAlive();
});

/** Sends bytes and waits until the other side has closed. */
function sendBytes(bytes: Buffer): Promise<string> {
  const { port } = new URL(emulator.endpoint);
  return new Promise((resolve) => {
    let said = "";
    const socket = connect({ port: Number(port), host: "localhost", ca }, () => socket.end(bytes));
    socket.setEncoding("latin1").on("data", (text: string) => {
      said += text;
    });
    // A reset is an answer to bytes that are no HTTP.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}

it("lets go of connections that say anything else than HTTP", async () => {
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(method, token(40), fc.array(token(30), { maxLength: 4 }))
      .map(([verb, target, lines]) =>
        Buffer.from(`${verb} ${target} HTTP/1.1\r\nhost: x\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1"),
      ),
    fc.constantFrom(
      Buffer.from("POST /dbs HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf"),
      Buffer.from("POST /dbs HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
      Buffer.from("GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
      Buffer.from(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(100_000)}\r\n\r\n`),
      Buffer.from("CONNECT localhost:1 HTTP/1.1\r\nhost: x\r\n\r\n"),
    ),
  );
  await fc.assert(
    fc.asyncProperty(line, async (bytes) => {
      expect(await sendBytes(bytes)).not.toMatch(/^HTTP\/1\.1 5/);
    }),
    { numRuns: 150 },
  );
  await expectAlive();
});

it("hears no fault from a client that goes away in the middle of its body", async () => {
  const head = "POST /dbs/d/colls/c/docs HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
  const { port } = new URL(emulator.endpoint);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      await new Promise<void>((resolve) => {
        const socket = connect({ port: Number(port), host: "localhost", ca }, () => {
          socket.write(`${head}{"id":`, () => socket.destroy());
        });
        socket.on("error", () => undefined);
        socket.on("close", () => resolve());
      });
    }),
  );
  await expectAlive();
});

it("answers anything that is sent to the identity endpoint, and never with its own fault", async () => {
  const { origin } = new URL(emulator.env["IDENTITY_ENDPOINT"] ?? "");
  const secret = { "x-identity-header": emulator.env["IDENTITY_HEADER"] ?? "" };
  const query = fc
    .dictionary(
      fc.constantFrom("resource", "api-version", "client_id", "principal_id", "x"),
      fc.string({ unit: codePoint, maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
      { noNullPrototype: true },
    )
    .map(
      (values) =>
        `/msi/token?${Object.entries(values)
          .map((pair) => pair.join("="))
          .join("&")}`,
    );
  await fc.assert(
    fc.asyncProperty(method, fc.oneof(path, query), headers, body, async (verb, target, extra, content) => {
      const answer = await status({
        method: verb,
        origin,
        path: target,
        headers: { ...extra, ...secret },
        body: content,
      });
      expect(answer).toBeGreaterThanOrEqual(200);
      expect(answer).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
});
