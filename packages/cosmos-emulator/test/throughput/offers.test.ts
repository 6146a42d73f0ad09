import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ContainerRequest, CosmosClient, type Database, type OfferDefinition } from "@azure/cosmos";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/index.ts";
import { send } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

const folder = mkdtempSync(join(tmpdir(), "cosmos-emulator-test-"));
let emulator: Emulator;
let agent: Agent;
let client: CosmosClient;
let database: Database;

async function open(): Promise<void> {
  emulator = await startEmulator({ dataDir: folder });
  agent = new Agent({ ca: readFileSync(emulator.caFile, "utf8"), keepAlive: true });
  client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
}
async function close(): Promise<void> {
  client.dispose();
  agent.destroy();
  await emulator.close();
}
beforeAll(open);
beforeEach(async () => {
  database = (await client.databases.create({ id: randomUUID() })).database;
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const newContainer = async (throughput: Partial<ContainerRequest> = {}) =>
  (await database.containers.create({ id: randomUUID(), partitionKey: "/pk", ...throughput })).container;

const withContent = (offer: OfferDefinition | undefined, content: object): OfferDefinition => ({
  ...offer,
  content: { ...(offer?.content as NonNullable<OfferDefinition["content"]>), ...content },
});

it("keeps manual throughput in an offer that the SDK reads and replaces", async () => {
  const container = await newContainer({ throughput: 500 });
  const { resource: definition } = await container.read();
  const { resource, offer } = await container.readOffer();
  expect(resource).toMatchObject({
    offerVersion: "V2",
    resource: `${definition?._self}`,
    offerResourceId: definition?._rid,
    content: {
      offerThroughput: 500,
      offerMinimumThroughputParameters: { maxThroughputEverProvisioned: 500 },
    },
  });
  expect(resource?.content).not.toHaveProperty("offerAutopilotSettings");
  const replaced = await offer?.replace(withContent(resource, { offerThroughput: 1000 }));
  expect(replaced?.statusCode).toBe(200);
  expect((await offer?.read())?.resource?.content).toMatchObject({ offerThroughput: 1000 });
});

it("keeps autoscale throughput, for containers and databases", async () => {
  const container = await newContainer({ maxThroughput: 4000 });
  const { resource, offer } = await container.readOffer();
  expect(resource?.content).toMatchObject({
    offerThroughput: 400,
    offerAutopilotSettings: { maxThroughput: 4000 },
  });
  const settings = { maxThroughput: 6000 };
  await offer?.replace(withContent(resource, { offerAutopilotSettings: settings }));
  expect((await container.readOffer()).resource?.content).toMatchObject({
    offerThroughput: 600,
    offerAutopilotSettings: settings,
  });
  const shared = await client.databases.create({ id: randomUUID(), maxThroughput: 1000 });
  expect((await shared.database.readOffer()).resource?.content).toMatchObject({
    offerAutopilotSettings: { maxThroughput: 1000 },
  });
});

it("has no offer for what was created without throughput", async () => {
  const container = await newContainer();
  expect((await container.readOffer()).resource).toBeUndefined();
  expect((await database.readOffer()).resource).toBeUndefined();
});

it("lists and queries offers", async () => {
  const container = await newContainer({ throughput: 700 });
  const { resource } = await container.readOffer();
  const { resources } = await client.offers.readAll().fetchAll();
  expect(resources.map(({ id }) => id)).toContain(resource?.id);
  const query = {
    query: "SELECT VALUE o.content.offerThroughput FROM offers o WHERE o.offerResourceId = @rid",
    parameters: [{ name: "@rid", value: resource?.offerResourceId ?? "" }],
  };
  expect((await client.offers.query(query).fetchAll()).resources).toEqual([700]);
});

it("drops an offer with its container or database", async () => {
  const shared = await client.databases.create({ id: randomUUID(), throughput: 400 });
  const { container } = await shared.database.containers.create({
    id: "c",
    partitionKey: "/pk",
    throughput: 400,
  });
  const other = await shared.database.containers.create({ id: "d", partitionKey: "/pk", throughput: 400 });
  const before = (await client.offers.readAll().fetchAll()).resources.length;
  await container.delete();
  expect((await client.offers.readAll().fetchAll()).resources.length).toBe(before - 1);
  const { offer } = await other.container.readOffer();
  await shared.database.delete();
  expect((await client.offers.readAll().fetchAll()).resources.length).toBe(before - 3);
  await expect(offer?.read()).rejects.toMatchObject({ code: 404 });
});

it("keeps offers over a restart", async () => {
  const container = await newContainer({ throughput: 900 });
  const { resource } = await container.readOffer();
  await close();
  await open();
  const again = client.database(database.id).container(container.id);
  expect((await again.readOffer()).resource).toEqual(resource);
});

it.each([
  ["less than 400", { throughput: 300 }],
  ["no multiple of 100", { throughput: 450 }],
  ["more than a million", { throughput: 1_000_100 }],
  ["autoscale below 1000", { maxThroughput: 500 }],
  ["autoscale of no multiple of 1000", { maxThroughput: 1500 }],
])("refuses throughput of %s, and makes nothing", async (_, throughput) => {
  const id = randomUUID();
  const creation = database.containers.create({ id, partitionKey: "/pk", ...throughput });
  await expect(creation).rejects.toMatchObject({ code: 400 });
  await expect(database.container(id).read()).rejects.toMatchObject({ code: 404 });
  await expect(client.databases.create({ id, ...throughput })).rejects.toMatchObject({ code: 400 });
});

it.each<[string, object | undefined, number]>([
  ["below the bounds", { offerThroughput: 100 }, 400],
  ["below a hundredth of what it had", { offerThroughput: 500 }, 400],
  ["in words", { offerThroughput: "1000" }, 400],
  ["of autoscale", { offerAutopilotSettings: { maxThroughput: 1000 } }, 400],
  ["of nothing", undefined, 400],
  ["within the bounds", { offerThroughput: 600 }, 200],
])("answers a replace of an offer of 60,000 RU/s with throughput %s", async (_, content, status) => {
  const { resource } = await (await newContainer({ throughput: 60_000 })).readOffer();
  const path = `/offers/${resource?.id}`;
  const answer = await send({
    method: "PUT",
    origin: emulator.endpoint,
    path,
    ca: readFileSync(emulator.caFile, "utf8"),
    headers: masterKeyHeaders({ method: "PUT", ...signedParts(path), key: emulator.key }),
    body: JSON.stringify({ id: resource?.id, resource: resource?.resource, content }),
  });
  expect(answer.status).toBe(status);
});

it.each<[string, string, Record<string, string>, string, number]>([
  ["GET", "/offers/none", {}, "", 404],
  ["PUT", "/offers/none", {}, "{}", 404],
  ["POST", "/offers", {}, "{}", 400],
  ["POST", "/offers", {}, '{"query":"SELECT"}', 400],
  ["POST", "/offers", {}, '{"query":"SELECT * FROM c","parameters":[1]}', 400],
  ["POST", "/dbs", { "x-ms-offer-throughput": "many" }, '{"id":"x"}', 400],
  ["POST", "/dbs", { "x-ms-cosmos-offer-autopilot-settings": "{" }, '{"id":"x"}', 400],
  ["POST", "/dbs", { "x-ms-cosmos-offer-autopilot-settings": "[]" }, '{"id":"x"}', 400],
  [
    "POST",
    "/dbs",
    { "x-ms-offer-throughput": "400", "x-ms-cosmos-offer-autopilot-settings": '{"maxThroughput":1000}' },
    '{"id":"x"}',
    400,
  ],
])("answers %s %s %j %s with %d", async (method, path, headers, body, status) => {
  const answer = await send({
    method,
    origin: emulator.endpoint,
    path,
    ca: readFileSync(emulator.caFile, "utf8"),
    headers: { ...masterKeyHeaders({ method, ...signedParts(path), key: emulator.key }), ...headers },
    ...(body !== "" && { body }),
  });
  expect(answer.status).toBe(status);
});

it("changes manual throughput to autoscale and back when a header asks for it", async () => {
  const container = await newContainer({ throughput: 1500 });
  const { resource, offer } = await container.readOffer();
  const header = (name: string, value = "true") => ({ initialHeaders: { [name]: value } });
  const toAutoscale = "x-ms-cosmos-migrate-offer-to-autopilot";
  const toManual = "x-ms-cosmos-migrate-offer-to-manual-throughput";

  const autoscale = await offer?.replace(withContent(resource, {}), header(toAutoscale));
  expect(autoscale?.resource?.content).toMatchObject({
    offerThroughput: 200,
    offerAutopilotSettings: { maxThroughput: 2000 },
  });
  await expect(offer?.replace(withContent(resource, {}), header(toAutoscale))).rejects.toMatchObject({
    code: 400,
  });
  await expect(
    offer?.replace(withContent(resource, {}), {
      initialHeaders: { [toAutoscale]: "true", [toManual]: "true" },
    }),
  ).rejects.toMatchObject({ code: 400 });
  // As the data explorer sends it.
  const content = { offerAutopilotSettings: { maxThroughput: 0 } };
  const manual = await offer?.replace(withContent(resource, content), header(toManual));
  expect(manual?.resource?.content).toMatchObject({ offerThroughput: 2000 });
  expect(manual?.resource?.content).not.toHaveProperty("offerAutopilotSettings");
  await expect(
    offer?.replace(withContent(resource, { offerAutopilotSettings: { maxThroughput: 4000 } })),
  ).rejects.toMatchObject({ code: 400 });
});

it.each([[0], [25]])("keeps autoscale's increment of %d percent", async (incrementPercent) => {
  const autoUpgradePolicy = { throughputPolicy: { incrementPercent } };
  const container = await newContainer({ maxThroughput: 1000, autoUpgradePolicy });
  const { resource, offer } = await container.readOffer();
  expect(resource?.content).toMatchObject({ offerAutopilotSettings: { autoUpgradePolicy } });
  await offer?.replace(withContent(resource, { offerAutopilotSettings: { maxThroughput: 2000 } }));
  expect((await offer?.read())?.resource?.content?.offerAutopilotSettings).not.toHaveProperty(
    "autoUpgradePolicy",
  );
});

it.each([[-1], [0.5], ["many"], [{}]])("refuses an increment of %j percent", async (incrementPercent) => {
  const settings = { maxThroughput: 1000, autoUpgradePolicy: { throughputPolicy: { incrementPercent } } };
  const answer = await send({
    method: "POST",
    origin: emulator.endpoint,
    path: "/dbs",
    ca: readFileSync(emulator.caFile, "utf8"),
    headers: {
      ...masterKeyHeaders({ method: "POST", ...signedParts("/dbs"), key: emulator.key }),
      "x-ms-cosmos-offer-autopilot-settings": JSON.stringify(settings),
    },
    body: JSON.stringify({ id: randomUUID() }),
  });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("incrementPercent");
});

it.each([
  [{}, 1],
  [{ throughput: 6000 }, 1],
  [{ throughput: 6100 }, 2],
  [{ throughput: 30_000 }, 5],
  [{ maxThroughput: 10_000 }, 1],
  [{ maxThroughput: 11_000 }, 2],
  [{ throughput: 1_000_000 }, 167],
])(
  "makes a container with %j of as many physical partitions as the service: %d",
  async (throughput, count) => {
    const container = await newContainer(throughput);
    const { resources } = await container.readPartitionKeyRanges().fetchAll();
    expect(resources).toHaveLength(count);
  },
);

it("splits physical partitions when more throughput is asked for than they serve, and loses nothing", async () => {
  const container = await newContainer({ throughput: 9000 });
  const ids = Array.from({ length: 40 }, (_, index) => `item ${index}`);
  for (const id of ids) await container.items.create({ id, pk: id });
  const { resource, offer } = await container.readOffer();
  const partitions = async () => (await container.readPartitionKeyRanges().fetchAll()).resources;
  const before = await partitions();

  await offer?.replace(withContent(resource, { offerThroughput: 20_000 }));
  expect(await partitions()).toEqual(before);
  await offer?.replace(withContent(resource, { offerThroughput: 50_000 }));
  const after = await partitions();
  expect(after).toHaveLength(5);
  expect(new Set(after.map(({ parents }) => parents?.[0]))).toEqual(new Set(before.map(({ id }) => id)));
  // The client has known the partitions since before the split.
  const { resources } = await container.items.query<string>("SELECT VALUE c.id FROM c").fetchAll();
  expect(resources.toSorted()).toEqual(ids.toSorted());

  await offer?.replace(withContent(resource, { offerThroughput: 600 }));
  expect(await partitions()).toEqual(after);
});

it("gives every container the physical partitions that the emulator was started with", async () => {
  const other = await startEmulator({ physicalPartitions: 2 });
  const otherAgent = new Agent({ ca: readFileSync(other.caFile, "utf8"), keepAlive: true });
  const otherClient = new CosmosClient({ endpoint: other.endpoint, key: other.key, agent: otherAgent });
  try {
    const made = await otherClient.databases.create({ id: "shop" });
    const { container } = await made.database.containers.create({
      id: "items",
      partitionKey: "/pk",
      throughput: 30_000,
    });
    const { resource, offer } = await container.readOffer();
    await offer?.replace(withContent(resource, { offerThroughput: 50_000 }));
    const { resources } = await container.readPartitionKeyRanges().fetchAll();
    expect(resources).toHaveLength(2);
  } finally {
    otherClient.dispose();
    otherAgent.destroy();
    await other.close();
  }
});
