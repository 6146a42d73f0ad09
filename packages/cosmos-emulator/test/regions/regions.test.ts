import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { type ConnectionPolicy, type Container, CosmosClient } from "@azure/cosmos";
import { expect, it, onTestFinished } from "vitest";
import { type Emulator, InputError, type RegionOptions, startEmulator } from "../../src/index.ts";
import { adminRequest } from "../adminRequest.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

const [east, west] = ["East US", "West Europe"] as const;
/** Longer than any test runs: what lags by it is not seen until the lag is taken away. */
const hour = 60 * 60 * 1000;

interface Place {
  readonly emulator: Emulator;
  readonly container: Container;
  /** A client with its own view of the account. */
  clientOf(policy: ConnectionPolicy, consistencyLevel?: "Session"): CosmosClient;
  raw(
    region: string,
    method: string,
    path: string,
    rest?: { body?: object; session?: string },
  ): Promise<WireAnswer>;
}

async function start(...regions: RegionOptions[]): Promise<Place> {
  const faults: unknown[] = [];
  const emulator = await startEmulator({ regions, onFault: (error) => faults.push(error) });
  const ca = readFileSync(emulator.caFile, "utf8");
  const agent = new Agent({ ca, keepAlive: true });
  const clients: CosmosClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.dispose();
    agent.destroy();
    await emulator.close();
    expect(faults).toEqual([]);
  });
  const clientOf: Place["clientOf"] = (connectionPolicy, consistencyLevel) => {
    const client = new CosmosClient({
      endpoint: emulator.endpoint,
      key: emulator.key,
      agent,
      connectionPolicy,
      ...(consistencyLevel && { consistencyLevel }),
    });
    clients.push(client);
    return client;
  };
  const { database } = await clientOf({}).databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk" });
  await container.items.create({ id: "1", pk: "p", version: 1 });
  return {
    emulator,
    container,
    clientOf,
    raw(region, method, path, { body, session } = {}) {
      return send({
        method,
        origin: emulator.regions.list().find(({ name }) => name === region)?.endpoint ?? "",
        path,
        ca,
        headers: {
          ...masterKeyHeaders({ method, ...signedParts(path), key: emulator.key }),
          "x-ms-documentdb-partitionkey": '["p"]',
          ...(session !== undefined && { "x-ms-session-token": session }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
  };
}

/** How many requests came to each region while something ran. */
async function requestsOf(emulator: Emulator, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const count = (): [string, number][] =>
    emulator.regions.list().map(({ name, requests }) => [name, requests]);
  const before = new Map(count());
  await work();
  return Object.fromEntries(count().map(([name, requests]) => [name, requests - (before.get(name) ?? 0)]));
}

const document = "/dbs/db/colls/c/docs/1";
const itemOf = (client: CosmosClient) => client.database("db").container("c").item("1", "p");

it("lists its regions in the account's document, the write region first", async () => {
  const { emulator, raw } = await start({ name: east }, { name: west });
  const [first, second] = emulator.regions.list();
  expect(new Set([emulator.endpoint, first?.endpoint, second?.endpoint]).size).toBe(3);
  for (const region of [east, west]) {
    const body = (await raw(region, "GET", "/")).json();
    expect(body["writableLocations"]).toEqual([
      { name: east, databaseAccountEndpoint: `${first?.endpoint}/` },
    ]);
    expect(body["readableLocations"]).toEqual([
      { name: east, databaseAccountEndpoint: `${first?.endpoint}/` },
      { name: west, databaseAccountEndpoint: `${second?.endpoint}/` },
    ]);
  }
});

it("has one region on the account's own endpoint unless told otherwise", async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  expect(emulator.regions.list()).toMatchObject([
    { name: "East US", endpoint: emulator.endpoint, isWriteRegion: true, outage: null, lagMs: 0 },
  ]);
});

it("refuses every write at a read region with 403/3, and serves its reads", async () => {
  const { raw } = await start({ name: east }, { name: west });
  expect((await raw(west, "GET", document)).status).toBe(200);
  for (const [method, path, body] of [
    ["POST", "/dbs/db/colls/c/docs", { id: "2", pk: "p" }],
    ["PUT", document, { id: "1", pk: "p" }],
    ["DELETE", document, undefined],
    ["POST", "/dbs", { id: "other" }],
    ["DELETE", "/dbs/db", undefined],
  ] as const) {
    const answer = await raw(west, method, path, body === undefined ? {} : { body });
    expect([method, path, answer.status, answer.headers["x-ms-substatus"]]).toEqual([method, path, 403, "3"]);
    expect(answer.json()["message"]).toContain("The requested operation cannot be performed at this region");
  }
});

it("lets the SDK read from its preferred region and write to the write region", async () => {
  const { emulator, clientOf } = await start({ name: east }, { name: west });
  const client = clientOf({ preferredLocations: [west, east] });
  await itemOf(client).read();
  expect(await requestsOf(emulator, () => itemOf(client).read())).toEqual({ [east]: 0, [west]: 1 });
  const write = () => itemOf(client).replace({ id: "1", pk: "p", version: 2 });
  expect(await requestsOf(emulator, write)).toEqual({ [east]: 1, [west]: 0 });
});

it("lets the SDK go to its next region while one is unavailable, and come back", async () => {
  const { emulator, clientOf } = await start({ name: east }, { name: west });
  const client = clientOf({ preferredLocations: [west, east] });
  await itemOf(client).read();
  emulator.regions.takeDown(west);
  let answer: unknown;
  const read = async (): Promise<void> => {
    answer = (await itemOf(client).read()).statusCode;
  };
  expect(await requestsOf(emulator, read)).toEqual({ [east]: 1, [west]: 1 });
  expect(answer).toBe(200);
  emulator.regions.bringUp(west);
  expect(await requestsOf(emulator, read)).toEqual({ [east]: 0, [west]: 1 });
});

it("lets the SDK leave a region that does not answer", async () => {
  const { emulator, clientOf } = await start({ name: east }, { name: west });
  const client = clientOf({ preferredLocations: [west, east], requestTimeout: 500 });
  await itemOf(client).read();
  emulator.regions.takeDown(west, "hang");
  expect((await itemOf(client).read()).statusCode).toBe(200);
});

it("lets the SDK leave a region whose connections are cut once it reads the account again, and come back", async () => {
  const { emulator, clientOf } = await start({ name: east }, { name: west });
  const client = clientOf({ preferredLocations: [west, east], endpointRefreshRateInMs: 50 });
  await itemOf(client).read();
  emulator.regions.takeDown(west, "drop");
  expect((await itemOf(client).read()).statusCode).toBe(200);
  expect(await requestsOf(emulator, () => itemOf(client).read())).toMatchObject({ [west]: 0 });
  emulator.regions.bringUp(west);
  await expect
    .poll(async () => (await requestsOf(emulator, () => itemOf(client).read()))[west], { timeout: 200_000 })
    .toBe(1);
});

it("cuts connections to a region that is down, open ones too, and takes them again", async () => {
  const { emulator, raw } = await start({ name: east }, { name: west });
  emulator.regions.takeDown(west, "drop");
  await expect(raw(west, "GET", document)).rejects.toThrow();
  const readable = (await raw(east, "GET", "/")).json()["readableLocations"];
  expect(readable).toMatchObject([{ name: east }]);
  emulator.regions.bringUp(west);
  expect((await raw(west, "GET", document)).status).toBe(200);
});

it("lets the SDK find the new write region after a fail-over", async () => {
  const { emulator, clientOf, raw } = await start({ name: east }, { name: west });
  const client = clientOf({});
  await itemOf(client).replace({ id: "1", pk: "p", version: 2 });
  emulator.regions.failover(west);
  expect(emulator.regions.list()).toMatchObject([
    { name: west, isWriteRegion: true },
    { name: east, isWriteRegion: false },
  ]);
  expect((await raw(east, "PUT", document, { body: { id: "1", pk: "p" } })).status).toBe(403);
  let version: unknown;
  const write = async (): Promise<void> => {
    const { resource } = await itemOf(client).replace({ id: "1", pk: "p", version: 3 });
    version = resource?.["version"];
  };
  expect((await requestsOf(emulator, write))[west]).toBeGreaterThan(0);
  expect(version).toBe(3);
});

it("goes on at the account's endpoint when the write region is lost and another one takes over", async () => {
  const { emulator, clientOf } = await start({ name: east }, { name: west });
  emulator.regions.takeDown(east, "drop");
  emulator.regions.failover(west);
  const client = clientOf({});
  expect((await itemOf(client).replace({ id: "1", pk: "p", version: 2 })).statusCode).toBe(200);
  expect((await itemOf(client).read()).resource).toMatchObject({ version: 2 });
});

it("shows a lagging region's reads as they were, until it catches up", async () => {
  const { emulator, raw, container } = await start({ name: east }, { name: west, lagMs: hour });
  emulator.regions.setLag(west, 0);
  await container.items.create({ id: "gone", pk: "p" });
  emulator.regions.setLag(west, hour);

  // The history begins with the lag: what was written before is seen.
  const old = (await raw(west, "GET", document)).json();
  const written = await container.item("1", "p").replace({ id: "1", pk: "p", version: 2 });
  await container.item("1", "p").replace({ id: "1", pk: "p", version: 3 });
  await container.items.create({ id: "new", pk: "p" });
  await container.item("gone", "p").delete();
  await container.items.create({ id: "gone", pk: "p", again: true });
  await container.item("gone", "p").delete();
  const docs = "/dbs/db/colls/c/docs";

  const seen = await raw(west, "GET", document);
  expect(seen.json()).toEqual(old);
  expect(seen.headers.etag).toBe(old["_etag"]);
  expect((await raw(west, "GET", `${docs}/new`)).status).toBe(404);
  const gone = await raw(west, "GET", `${docs}/gone`);
  expect([gone.status, gone.json()["again"]]).toEqual([200, undefined]);
  expect((await raw(east, "GET", document)).json()).toMatchObject({ version: 3 });

  // A session that has seen the write cannot be served here yet.
  const session = String(written.headers["x-ms-session-token"]);
  const ahead = await raw(west, "GET", document, { session });
  expect([ahead.status, ahead.headers["x-ms-substatus"]]).toEqual([404, "1002"]);
  const behind = await raw(west, "GET", document, { session: String(seen.headers["x-ms-session-token"]) });
  expect(behind.status).toBe(200);
  expect((await raw(east, "GET", document, { session })).status).toBe(200);

  emulator.regions.setLag(west, 0);
  expect((await raw(west, "GET", document, { session })).json()).toMatchObject({ version: 3 });
  expect((await raw(west, "GET", `${docs}/new`)).status).toBe(200);
  expect((await raw(west, "GET", `${docs}/gone`)).status).toBe(404);
});

it("refuses the SDK's session token where its write is not seen, upon which the SDK asks again without one", async () => {
  const { emulator, clientOf } = await start({ name: east }, { name: west, lagMs: hour });
  const client = clientOf({ preferredLocations: [west, east] }, "Session");
  await client.database("db").container("c").items.create({ id: "mine", pk: "p" });
  let statusCode: number | undefined;
  const read = async (): Promise<void> => {
    ({ statusCode } = await client.database("db").container("c").item("mine", "p").read());
  };
  // retryUtility.js goes to the same region a second time: with one write region the SDK does not leave it.
  expect(await requestsOf(emulator, read)).toEqual({ [east]: 0, [west]: 2 });
  expect(statusCode).toBe(404);
  emulator.regions.setLag(west, 0);
  expect(await requestsOf(emulator, read)).toEqual({ [east]: 0, [west]: 1 });
  expect(statusCode).toBe(200);
});

it("loses no write when a lagging region becomes the write region", async () => {
  const { emulator, raw, container } = await start({ name: east }, { name: west, lagMs: hour });
  await container.item("1", "p").replace({ id: "1", pk: "p", version: 2 });
  expect((await raw(west, "GET", document)).status).toBe(404);
  emulator.regions.failover(west);
  expect((await raw(west, "GET", document)).json()).toMatchObject({ version: 2 });
  expect((await raw(west, "PUT", document, { body: { id: "1", pk: "p", version: 3 } })).status).toBe(200);
});

it("is changed over HTTP, too", async () => {
  const { emulator } = await start({ name: east }, { name: west });
  const change = (path: string, method: string, body?: object) => adminRequest(emulator, method, path, body);
  expect((await change("/regions", "GET")).json()).toEqual({ regions: emulator.regions.list() });
  const path = `/regions/${encodeURIComponent(west)}`;
  await change(path, "PUT", { outage: "hang", lagMs: 5 });
  expect(emulator.regions.list()[1]).toMatchObject({ outage: "hang", lagMs: 5 });
  await change(path, "PUT", { up: false });
  expect(emulator.regions.list()[1]).toMatchObject({ outage: "unavailable" });
  expect((await change("/failover", "POST", { region: west })).status).toBe(400);
  await change(path, "PUT", { up: true });
  expect((await change("/failover", "POST", { region: west })).status).toBe(200);
  expect(emulator.regions.list()).toMatchObject([{ name: west, outage: null }, { name: east }]);
  for (const [wrong, method, body] of [
    ["/regions/Moon", "PUT", { up: false }],
    [path, "PUT", { outage: "explode" }],
    [path, "PUT", { lagMs: -1 }],
    [path, "PUT", { lag: 1 }],
    ["/failover", "POST", {}],
    ["/failover", "POST", { region: "Moon" }],
  ] as const) {
    expect([wrong, (await change(wrong, method, body)).status]).toEqual([wrong, 400]);
  }
});

it.each<[string, RegionOptions[]]>([
  ["no region", []],
  ["a region without a name", [{ name: "" }]],
  ["one name twice", [{ name: east }, { name: east }]],
  ["a negative lag", [{ name: east, lagMs: -1 }]],
])("does not start with %s", async (_, regions) => {
  await expect(startEmulator({ regions })).rejects.toThrow(InputError);
});
