import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { useEmulator } from "./emulatorOfFile.ts";
import { isOpen, serverProgram, startServer } from "./runningServer.ts";

const emulator = useEmulator();

/** A server whose SDK goes on loading until it is let. */
async function startSlowly() {
  let waiting: ServerResponse | undefined;
  const gate = createServer((_request, response) => {
    waiting = response;
  }).listen(0, "127.0.0.1");
  await once(gate, "listening");
  const asked = once(gate, "request");
  const { port } = gate.address() as AddressInfo;
  const program = serverProgram();
  const server = await startServer(
    { ...emulator.env, SDK_GATE: `http://127.0.0.1:${port}` },
    { ...program, args: ["--import=./test/slowSdk.ts", ...program.args] },
  );
  onTestFinished(async () => {
    gate.close();
    gate.closeAllConnections();
    await server.stop("SIGKILL");
  });
  await asked;
  return { server, letLoad: () => waiting?.end() };
}

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, body: (await response.json()) as object };
};

test("while the SDK loads, health is answered, and readiness says what is missing", async () => {
  const { server, letLoad } = await startSlowly();
  expect(await get(`${server.url}/healthz`)).toMatchObject({ status: 200, body: { status: "ok" } });
  expect(await get(`${server.url}/readyz`)).toMatchObject({
    status: 503,
    body: { status: "unavailable" },
  });
  await server.logged(({ path, msg }) => path === "/readyz" && msg.includes("SDK is still loading"));
  letLoad();
  await server.logged(isOpen);
  expect(await get(`${server.url}/readyz`)).toMatchObject({ status: 200, body: { status: "ready" } });
});

test("a request that comes while the SDK loads waits, and is answered", async () => {
  const { server, letLoad } = await startSlowly();
  const waiting = get(`${server.url}/api/cosmos/items/early`);
  expect((await get(`${server.url}/healthz`)).status).toBe(200);
  letLoad();
  expect(await waiting).toMatchObject({ status: 404, body: { reason: "not-found" } });
});

test("a request that would wait too long is unavailable, and told when to try again", async () => {
  const { server } = await startSlowly();
  const [plain, trpc] = await Promise.all([
    get(`${server.url}/api/cosmos/items/early`),
    get(`${server.url}/trpc/items.get?input=${encodeURIComponent('{"id":"early"}')}`),
  ]);
  expect(plain).toMatchObject({ status: 503, body: { reason: "unavailable" } });
  expect(trpc).toMatchObject({ status: 503, body: { error: { data: { reason: "unavailable" } } } });
  expect([plain, trpc].map(({ headers }) => headers.get("retry-after"))).toEqual(["1", "1"]);
  expect(JSON.stringify([plain.body, trpc.body])).not.toContain("SDK");
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends it with 0 while the SDK loads", async (signal) => {
  const { server } = await startSlowly();
  expect(await server.stop(signal)).toMatchObject({ code: 0, signal: null, stderr: "" });
});
