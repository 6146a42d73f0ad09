import { randomUUID } from "node:crypto";
import { PartitionKeyKind } from "@azure/cosmos";
import { expect, it } from "vitest";
import { emulatorIt, openAccount, refusal } from "./account.ts";

const account = await openAccount();
const { database } = account;
const containersPath = `/dbs/${database.id}/colls`;

it("creates a container, with the service's defaults where the definition says nothing", async () => {
  const id = `c-${randomUUID()}`;
  const created = await database.containers.create({ id, partitionKey: { paths: ["/pk"], version: 2 } });
  expect(created.statusCode).toBe(201);
  const { resource } = await database.container(id).read();
  expect(resource).toMatchObject({
    id,
    partitionKey: { paths: ["/pk"], kind: "Hash", version: 2 },
    indexingPolicy: { indexingMode: "consistent", automatic: true },
    conflictResolutionPolicy: { mode: "LastWriterWins" },
  });
  expect(resource).not.toHaveProperty("defaultTtl");
});

it("lists the database's containers and no others", async () => {
  const id = `db-${randomUUID()}`;
  const { database: own } = await account.client.databases.create({ id });
  for (const name of ["a", "b", "c"]) await own.containers.create({ id: name, partitionKey: "/pk" });
  const { resources } = await own.containers.readAll().fetchAll();
  expect(resources.map((container) => container.id).sort()).toEqual(["a", "b", "c"]);
  await own.delete();
});

it("refuses a container of a name that is taken, and lets another database have it", async () => {
  const container = await account.newContainer();
  expect(
    await refusal(database.containers.create({ id: container.id, partitionKey: "/other" })),
  ).toMatchObject({ code: 409 });
  const { database: other } = await account.client.databases.create({ id: `db-${randomUUID()}` });
  const created = await other.containers.create({ id: container.id, partitionKey: "/pk" });
  expect(created.statusCode).toBe(201);
  await other.delete();
});

it("refuses a container in a database that does not exist", async () => {
  const missing = account.client.database(`none-${randomUUID()}`);
  expect(await refusal(missing.containers.create({ id: "c", partitionKey: "/pk" }))).toMatchObject({
    code: 404,
  });
});

emulatorIt("tells the quota and what of it is used when asked", "the service counts later", async () => {
  const container = await account.newContainer();
  await container.items.create({ id: "a", pk: "p" });
  const { headers } = await container.read({ populateQuotaInfo: true });
  expect(headers["x-ms-resource-quota"]).toMatch(/(^|;)collectionSize=\d+;/);
  expect(headers["x-ms-resource-usage"]).toContain("documentsCount=1;");
  expect((await container.read()).headers).not.toHaveProperty("x-ms-resource-quota");
});

it("says which partition key path it does not accept", async () => {
  const partitionKey = { paths: ["id", "/other"], kind: PartitionKeyKind.MultiHash, version: 2 };
  await expect(database.containers.create({ id: "c", partitionKey })).rejects.toThrow(
    "The partition key component definition path 'id' could not be accepted",
  );
});

it.each([
  ["no partition key", { id: "c" }],
  ["a partition key without paths", { id: "c", partitionKey: { kind: "Hash" } }],
  ["an empty list of paths", { id: "c", partitionKey: { paths: [], kind: "Hash" } }],
  ["a path that does not begin with a slash", { id: "c", partitionKey: { paths: ["pk"], kind: "Hash" } }],
  ["a path with an open quote", { id: "c", partitionKey: { paths: ['/"pk'], kind: "Hash" } }],
  ["a wildcard for its key", { id: "c", partitionKey: { paths: ["/*"], kind: "Hash" } }],
  ["a wildcard in its key", { id: "c", partitionKey: { paths: ["/a/[]/b"], kind: "Hash" } }],
  ["a slash at the key's end", { id: "c", partitionKey: { paths: ["/a/"], kind: "Hash" } }],
  ["one key twice", { id: "c", partitionKey: { paths: ["/a", "/a"], kind: "MultiHash", version: 2 } }],
  ["an unknown kind", { id: "c", partitionKey: { paths: ["/pk"], kind: "Range" } }],
  ["two paths of kind Hash", { id: "c", partitionKey: { paths: ["/a", "/b"], kind: "Hash" } }],
  [
    "four levels",
    { id: "c", partitionKey: { paths: ["/a", "/b", "/c", "/d"], kind: "MultiHash", version: 2 } },
  ],
  ["a name with a slash", { id: "a/b", partitionKey: { paths: ["/pk"], kind: "Hash" } }],
  ["no name", { partitionKey: { paths: ["/pk"], kind: "Hash" } }],
  ["a time to live of 0", { id: "c", partitionKey: { paths: ["/pk"], kind: "Hash" }, defaultTtl: 0 }],
  ["a time to live of null", { id: "c", partitionKey: { paths: ["/pk"], kind: "Hash" }, defaultTtl: null }],
  ["a time to live of -2", { id: "c", partitionKey: { paths: ["/pk"], kind: "Hash" }, defaultTtl: -2 }],
])("refuses a container with %s", async (_, body) => {
  const answer = await account.raw({ method: "POST", path: containersPath, body: JSON.stringify(body) });
  expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
});

it("replaces the time to live and the indexing policy, and keeps the documents", async () => {
  const container = await account.newContainer();
  await container.items.create({ id: "a", pk: "p" });
  const { resource: before } = await container.read();
  if (before === undefined) throw new Error("The container has no definition.");
  const replaced = await container.replace({
    ...before,
    defaultTtl: 3600,
    indexingPolicy: {
      indexingMode: "consistent",
      automatic: true,
      includedPaths: [{ path: "/*" }],
      excludedPaths: [{ path: "/data/*" }],
    },
  });
  expect(replaced.statusCode).toBe(200);
  const { resource: after } = await container.read();
  expect(after?.defaultTtl).toBe(3600);
  expect(after?.indexingPolicy?.excludedPaths?.map(({ path }) => path)).toContain("/data/*");
  expect(after?.["_etag" as never]).not.toBe(before["_etag" as never]);
  expect((await container.item("a", "p").read()).statusCode).toBe(200);
});

it("refuses to change a container's partition key", async () => {
  const container = await account.newContainer("/pk");
  const { resource } = await container.read();
  if (resource === undefined) throw new Error("The container has no definition.");
  expect(
    await refusal(container.replace({ ...resource, partitionKey: { paths: ["/other"] } as never })),
  ).toMatchObject({ code: 400 });
});

it("replaces and deletes only when If-Match holds", async () => {
  const container = await account.newContainer();
  const path = `${containersPath}/${container.id}`;
  const definition = await account.raw({ path });
  const headers = { "if-match": '"other"' };
  const replaced = await account.raw({ method: "PUT", path, headers, body: definition.text });
  expect([replaced.status, replaced.json()["code"]]).toEqual([412, "PreconditionFailed"]);
  expect((await account.raw({ method: "DELETE", path, headers })).status).toBe(412);
  const held = { "if-match": String(definition.headers.etag) };
  expect((await account.raw({ method: "DELETE", path, headers: held })).status).toBe(204);
  expect((await account.raw({ path })).status).toBe(404);
});

it("answers 304 to a container that the client has", async () => {
  const container = await account.newContainer();
  const path = `${containersPath}/${container.id}`;
  const { etag } = (await account.raw({ path })).headers;
  expect((await account.raw({ path, headers: { "if-none-match": String(etag) } })).status).toBe(304);
});

it("begins empty when a deleted container is made again", async () => {
  const container = await account.newContainer();
  await container.items.create({ id: "a", pk: "p" });
  await container.delete();
  await database.containers.create({ id: container.id, partitionKey: "/pk" });
  expect((await container.item("a", "p").read()).statusCode).toBe(404);
});

it("cuts the hash space into ranges from nothing to FF, and says 304 to who has them", async () => {
  const container = await account.newContainer();
  const { resources } = await container.readPartitionKeyRanges().fetchAll();
  expect(resources.length).toBeGreaterThan(0);
  const ranges = resources.toSorted((one, other) => one.minInclusive.localeCompare(other.minInclusive));
  expect(ranges[0]?.minInclusive).toBe("");
  expect(ranges.at(-1)?.maxExclusive).toBe("FF");
  const path = `${containersPath}/${container.id}/pkranges`;
  const first = await account.raw({ path, headers: { "a-im": "Incremental feed" } });
  expect([first.status, first.json()["_count"]]).toEqual([200, ranges.length]);
  const headers = { "a-im": "Incremental feed", "if-none-match": String(first.headers.etag) };
  const again = await account.raw({ path, headers });
  expect([again.status, again.text]).toEqual([304, ""]);
});

emulatorIt("keeps to 128 levels in a definition", "the service's own bound is not documented", async () => {
  const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  const body = `{"id":"deep","partitionKey":{"paths":["/pk"],"kind":"Hash"},"indexingPolicy":${deep}}`;
  const answer = await account.raw({ method: "POST", path: containersPath, body });
  expect(answer.status).toBe(400);
});
