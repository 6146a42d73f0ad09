import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCosmosClient, createCredential } from "@cosmos-trpc/cosmos-core";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { createTRPCClient, httpLink } from "@trpc/client";
import { expect, onTestFinished, test } from "vitest";
import type { AppRouter } from "./app.ts";
import { configurationOf } from "./configurationOf.ts";
import { isOpen, type RunningServer, startServer } from "./runningServer.ts";

/** An emulator that can stop and start again on the same data and ports. */
async function emulatorOfTest() {
  const dataDir = mkdtempSync(join(tmpdir(), "server-test-"));
  let emulator: Emulator = await startEmulator({ dataDir });
  onTestFinished(async () => {
    await emulator.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { env, endpoint, issuer, key } = emulator;
  return {
    env,
    key,
    stop: () => emulator.close(),
    async start() {
      const port = Number(new URL(endpoint).port);
      emulator = await startEmulator({ dataDir, port, identityPort: Number(new URL(issuer).port) });
    },
  };
}

async function serverOfTest(env: NodeJS.ProcessEnv): Promise<RunningServer> {
  const server = await startServer(env);
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

const apiOf = ({ url }: RunningServer) =>
  createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc` })] });

/** What each way in answers: status and reason of plain HTTP, of tRPC, of readiness, and health. */
async function answers({ url }: RunningServer) {
  const rest = await fetch(`${url}/api/cosmos/items/kept`);
  const trpc = await fetch(`${url}/trpc/items.get?input=${encodeURIComponent('{"id":"kept"}')}`);
  const ready = await fetch(`${url}/readyz`);
  const health = await fetch(`${url}/healthz`);
  const [restBody, trpcBody, readiness] = [await rest.json(), await trpc.json(), await ready.json()] as [
    { reason?: string },
    { error?: { data: { code: string; reason: string } } },
    { status: string },
  ];
  return {
    rest: [rest.status, restBody.reason],
    trpc: [trpc.status, trpcBody.error?.data.code, trpcBody.error?.data.reason],
    ready: [ready.status, readiness.status],
    health: health.status,
    toCallers: JSON.stringify([restBody, trpcBody, readiness]),
  };
}

const unavailable = {
  rest: [503, "unavailable"],
  trpc: [503, "SERVICE_UNAVAILABLE", "unavailable"],
  ready: [503, "unavailable"],
  health: 200,
};

const misconfigured = {
  rest: [500, "misconfigured"],
  trpc: [500, "INTERNAL_SERVER_ERROR", "misconfigured"],
  ready: [503, "misconfigured"],
  health: 200,
};

const working = { rest: [200, undefined], ready: [200, "ready"], health: 200 };

function expectDiscreet(text: string, env: Readonly<Record<string, string>>): void {
  const { COSMOS_ENDPOINT = "?", IDENTITY_HEADER = "?" } = env;
  for (const secret of [
    COSMOS_ENDPOINT,
    IDENTITY_HEADER,
    "localhost",
    "appdb",
    "azd",
    "az cosmosdb",
    "    at ",
  ])
    expect(text).not.toContain(secret);
}

test("Cosmos DB goes away: 503, and by itself all is well when it is back", async () => {
  const emulator = await emulatorOfTest();
  const server = await serverOfTest(emulator.env);
  await server.logged(isOpen);
  const kept = await apiOf(server).items.upsert.mutate({ id: "kept" });
  expect(await answers(server)).toMatchObject(working);

  await emulator.stop();
  const away = await answers(server);
  expect(away).toMatchObject(unavailable);
  expectDiscreet(away.toCallers, emulator.env);

  await emulator.start();
  expect(await answers(server)).toMatchObject(working);
  expect(await apiOf(server).items.get.query({ id: "kept" })).toEqual(kept);
});

test("a server that starts before Cosmos DB answers 503, and opens the container when it is there", async () => {
  const emulator = await emulatorOfTest();
  await emulator.stop();
  const server = await serverOfTest(emulator.env);
  const away = await answers(server);
  expect(away).toMatchObject(unavailable);
  expectDiscreet(away.toCallers, emulator.env);

  await emulator.start();
  await server.logged(isOpen);
  await apiOf(server).items.upsert.mutate({ id: "kept" });
  expect(await answers(server)).toMatchObject(working);
});

test("a missing container is the server's fault: callers learn no more, operators what mends it", async () => {
  const emulator = await emulatorOfTest();
  const server = await serverOfTest(emulator.env);
  await server.logged(isOpen);
  const configuration = configurationOf(emulator.env);
  const endpoint = { ...configuration.endpoint, key: emulator.key };
  const client = createCosmosClient({ ...configuration, endpoint }, createCredential());
  onTestFinished(() => client.dispose());
  await client.database("appdb").container("items").delete();

  const broken = await answers(server);
  expect(broken).toMatchObject(misconfigured);
  expectDiscreet(broken.toCallers, emulator.env);
  for (const path of ["GET /api/cosmos/items/kept", "items.get", "/readyz"]) {
    const { msg } = await server.logged(
      (line) => line["path"] === path && line["reason"] === "misconfigured",
    );
    expect(msg).toContain("azd provision");
  }
});

test.each([
  ["a token that the account does not accept", async () => (await emulatorOfTest()).env, "COSMOS_ENDPOINT"],
  ["no token", async () => ({ IDENTITY_HEADER: "not the secret" }), "managed identity"],
] as const)("an identity with %s is the server's fault, too", async (_name, identity, mending) => {
  const emulator = await emulatorOfTest();
  const { COSMOS_ENDPOINT, COSMOS_CA_FILE } = emulator.env;
  const server = await serverOfTest({
    ...emulator.env,
    ...(await identity()),
    COSMOS_ENDPOINT,
    COSMOS_CA_FILE,
  });
  const broken = await answers(server);
  expect(broken).toMatchObject(misconfigured);
  expectDiscreet(broken.toCallers, emulator.env);
  const { msg } = await server.logged(({ reason }) => reason === "misconfigured");
  expect(msg).toContain(mending);
});
