import { expect, test } from "vitest";
import { z } from "zod";
import {
  type CosmosConfiguration,
  createCredential,
  defineContainer,
  ensureContainer,
  items,
  openContainer,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

const inDatabase = (database: string): CosmosConfiguration => ({ ...emulator.configuration(), database });

test("the credential gets the managed identity's token for Cosmos DB", async () => {
  const token = await createCredential().getToken("https://cosmos.azure.com/.default");
  const payload = JSON.parse(Buffer.from(token?.token.split(".")[1] ?? "", "base64url").toString());
  expect(payload).toMatchObject({ aud: expect.stringMatching(/^https:\/\/cosmos\.azure\.com\/?$/) });
});

test("ensureContainer makes database and container, and a second time changes nothing", async () => {
  const configuration = inDatabase("ensured");
  await ensureContainer(configuration, items, createCredential());
  const container = emulator.keyClient().database("ensured").container("items");
  const first = (await container.read()).resource;
  expect(first).toMatchObject({ partitionKey: { paths: ["/pk"], version: 2 }, defaultTtl: -1 });
  await ensureContainer(configuration, items, createCredential());
  expect((await container.read()).resource).toEqual(first);
});

test("several processes may ensure the same container at once", async () => {
  const configuration = inDatabase("raced");
  const all = Array.from({ length: 4 }, () => ensureContainer(configuration, items, createCredential()));
  await Promise.all(all);
  expect((await openContainer(emulator.client(), "raced", items)).drift).toEqual([]);
});

test("away from loopback no token may make a container: that is what the error says", async () => {
  const configuration = inDatabase("missing");
  const endpoint = { ...configuration.endpoint, isLoopback: false };
  const failure = await failureOf(ensureContainer({ ...configuration, endpoint }, items, createCredential()));
  expect(failure).toMatchObject({ reason: "misconfigured", code: "container-missing", status: 403 });
  expect(failure.message).toContain("missing");
});

test("away from loopback a container that is there is fine", async () => {
  const configuration = inDatabase("provisioned");
  await ensureContainer(configuration, items, createCredential());
  const endpoint = { ...configuration.endpoint, isLoopback: false };
  await ensureContainer({ ...configuration, endpoint }, items, createCredential());
});

test("a missing container or database is misconfigured, and named", async () => {
  await ensureContainer(inDatabase("found"), items, createCredential());
  const other = { ...items, id: "elsewhere" };
  for (const [database, definition] of [
    ["found", other],
    ["nowhere", items],
  ] as const) {
    const failure = await failureOf(openContainer(emulator.client(), database, definition));
    expect(failure).toMatchObject({ reason: "misconfigured", code: "container-missing", status: 404 });
    expect(failure.message).toContain(
      `The container ${definition.id} of the database ${database} is missing`,
    );
  }
});

test("a container that is deleted while it is open is misconfigured, not a missing item", async () => {
  await ensureContainer(inDatabase("deleted"), items, createCredential());
  const { store } = await openContainer(emulator.client(), "deleted", items);
  await emulator.keyClient().database("deleted").container("items").delete();
  expect(await failureOf(store.get({ id: "a", pk: "a" }))).toMatchObject({
    reason: "misconfigured",
    code: "container-missing",
  });
  const item = { id: "a", pk: "a", name: "a" };
  expect((await failureOf(store.upsert(item))).reason).toBe("misconfigured");
});

test("another partition key is misconfigured", async () => {
  await ensureContainer(inDatabase("keyed"), { ...items, partitionKey: "/owner" }, createCredential());
  const failure = await failureOf(openContainer(emulator.client(), "keyed", items));
  expect(failure).toMatchObject({ reason: "misconfigured", code: "partition-key-differs" });
  expect(failure.message).toContain("partitioned by /owner, its definition says /pk");
});

test("each difference from the definition is named; none when there is none", async () => {
  const orders = defineContainer({
    id: "orders",
    partitionKey: "/pk",
    schema: z.strictObject({ id: z.string(), pk: z.string() }),
    ttl: 60,
    indexing: {
      indexingMode: "consistent",
      automatic: true,
      includedPaths: [{ path: "/pk/?" }],
      excludedPaths: [{ path: "/*" }],
    },
  });
  const configuration = inDatabase("drifting");
  await ensureContainer(configuration, orders, createCredential());
  const open = async (changes: Partial<typeof orders>) =>
    (await openContainer(emulator.client(), "drifting", { ...orders, ...changes })).drift;
  expect(await open({})).toEqual([]);
  expect(await open({ ttl: -1 })).toEqual(["The default time to live is 60, the definition says -1."]);
  const both = await open({ ttl: 5, indexing: { includedPaths: [{ path: "/*" }], excludedPaths: [] } });
  expect(both).toEqual([
    expect.stringContaining("time to live is 60, the definition says 5"),
    expect.stringMatching(/includedPaths are .*\/pk\/\?.*the definition says .*\/\*/),
    expect.stringMatching(/excludedPaths are .*\/\*.*the definition says \[\]/),
  ]);
});
