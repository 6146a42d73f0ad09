import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { json } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { useEmulator } from "./emulatorOfFile.ts";
import { isOpen, runServer, startServer } from "./runningServer.ts";

const emulator = useEmulator();

async function start(env: NodeJS.ProcessEnv = {}) {
  const server = await startServer({ ...emulator.env, ...env });
  onTestFinished(async () => {
    await server.stop("SIGKILL");
  });
  return server;
}

test("PORT is honoured", async () => {
  const first = await start();
  await first.stop();
  const second = await start({ PORT: String(first.port) });
  expect(second.port).toBe(first.port);
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
});

test("a port in use ends it with one sentence that says what to do", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => {
    taken.close();
  });
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const ended = await runServer({ ...emulator.env, PORT: String(port) });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(`Port ${port} is in use: stop what listens there, or set PORT to another.\n`);
});

test("an environment with several mistakes ends it with one message that names them all", async () => {
  const ended = await runServer({
    COSMOS_ENDPOINT: "AccountEndpoint=https://shop.documents.azure.com;AccountKey=c2VjcmV0",
    COSMOS_CONTAINER: "a/b",
    PORT: "70000",
    LOG_LEVEL: "loud",
    WATCH_MAX_SECONDS: "0.5",
  });
  expect([ended.code, ended.stdout]).toEqual([1, ""]);
  expect(ended.stderr).toContain("The environment has 5 mistakes:\n");
  for (const name of [
    "COSMOS_ENDPOINT",
    'COSMOS_CONTAINER="a/b"',
    'PORT="70000"',
    'LOG_LEVEL="loud"',
    'WATCH_MAX_SECONDS="0.5"',
  ])
    expect(ended.stderr).toContain(`  - ${name}`);
  expect(ended.stderr).not.toContain("c2VjcmV0");
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});

test("without any variable it says which one is missing", async () => {
  const ended = await runServer({});
  expect([ended.code, ended.stdout]).toEqual([1, ""]);
  expect(ended.stderr).toContain("COSMOS_ENDPOINT is missing");
});

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  // tRPC and the plain routes read bodies in their own ways.
  test.each(["/api/cosmos/items", "/trpc/items.upsert"])(
    "lets POST %s be answered, then ends with 0",
    async (path) => {
      const server = await start();
      await server.logged(isOpen);
      const idle = await fetch(`${server.url}/healthz`, { keepalive: true });
      expect(idle.status).toBe(200);
      const body = JSON.stringify({ id: `${signal} ${path.length}` });
      const sent = httpRequest({
        port: server.port,
        path,
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          expect: "100-continue",
        },
      });
      sent.flushHeaders();
      // The server has the request's head, and waits for its body.
      await once(sent, "continue");
      sent.write(body.slice(0, 5));

      const ended = server.stop(signal);
      await server.logged(({ msg }) => msg.startsWith("stopping"));
      await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
      expect(server.process.exitCode).toBeNull();

      const answered = once(sent, "response") as Promise<[IncomingMessage]>;
      sent.end(body.slice(5));
      const [response] = await answered;
      expect([200, 201]).toContain(response.statusCode);
      expect(response.headers.connection).toBe("close");
      expect(JSON.stringify(await json(response))).toContain(signal);
      expect(await ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    },
  );

  test("ends it with 0 when there is nothing to do, and while Cosmos DB is away", async () => {
    const server = await start({ COSMOS_ENDPOINT: "https://localhost:1" });
    expect(await server.stop(signal)).toMatchObject({ code: 0, signal: null, stderr: "" });
  });
});

test("SIGTERM closes the connections of streams when they end, while another request is answered", async () => {
  const server = await start();
  await server.logged(isOpen);
  // Connections that are kept alive, as a client's are.
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const watchers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const sent = httpRequest({ port: server.port, path: "/trpc/items.watch", agent }).end();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      return { response: response.resume(), closed: once(response.socket, "close") };
    }),
  );
  const body = '{"id":"last"}';
  const headers = { "content-length": body.length, expect: "100-continue" };
  const sent = httpRequest({ port: server.port, path: "/api/cosmos/items", method: "POST", headers });
  sent.flushHeaders();
  await once(sent, "continue");
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;

  const ended = server.stop();
  await Promise.all(watchers.map(({ closed }) => closed));
  expect(watchers.every(({ response }) => response.complete)).toBe(true);
  // The server waits for it alone. Had it cut connections at last, this one would be gone too.
  sent.end(body);
  const [response] = await answered;
  expect(response.resume().statusCode).toBe(201);
  expect(await ended).toMatchObject({ code: 0, signal: null, stderr: "" });
});

test("a caller that leaves in the middle of its request is no failure of the server", async () => {
  const server = await start({ LOG_LEVEL: "debug" });
  await server.logged(isOpen);
  const sent = httpRequest({
    port: server.port,
    path: "/api/cosmos/items",
    method: "POST",
    headers: { "content-length": 100, expect: "100-continue" },
  });
  sent.on("error", () => undefined).flushHeaders();
  await once(sent, "continue");
  sent.destroy();
  const line = await server.logged(({ path }) => path === "POST /api/cosmos/items");
  expect(line).toMatchObject({ level: 20 });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
