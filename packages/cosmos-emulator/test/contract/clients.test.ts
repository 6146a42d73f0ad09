import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { docsPath, keyHeader, openAccount } from "./account.ts";

// What clients other than @azure/cosmos send and read, over several physical partitions.
const account = await openAccount({ physicalPartitions: 3 });
const { database } = account;
const container = await account.newContainer();
const path = docsPath(container);
const containerPath = path.slice(0, -"/docs".length);

it("takes a request for a query plan that does not say that it has a query", async () => {
  const answer = await account.raw({
    method: "POST",
    path,
    headers: {
      "content-type": "application/json",
      "x-ms-cosmos-is-query-plan-request": "True",
      "x-ms-cosmos-supported-query-features": "Aggregate,OrderBy",
      "x-ms-cosmos-query-version": "1.0",
    },
    body: JSON.stringify({ query: "SELECT VALUE COUNT(1) FROM c" }),
  });
  expect([answer.status, answer.json()["queryInfo"]]).toEqual([
    200,
    expect.objectContaining({ aggregates: ["Count"] }),
  ]);
  // A client that saw a path without a range would take the answer for that of a partition that was split.
  expect(answer.headers).not.toHaveProperty("x-ms-alt-content-path");
  expect(answer.headers).not.toHaveProperty("x-ms-session-token");
});

it("answers a container's own reads with a session token of one range", async () => {
  for (const asked of [containerPath, `${containerPath}/pkranges`]) {
    const { headers } = await account.raw({ path: asked });
    expect(headers["x-ms-session-token"]).toMatch(/^[^:,]+:-?\d+#\d+$/);
  }
});

it("names in the answer the path of what owns the resource", async () => {
  const ofContainer = await account.raw({ path: containerPath });
  expect(ofContainer.headers["x-ms-alt-content-path"]).toBe(`dbs/${database.id}`);
  expect(ofContainer.headers["x-ms-content-path"]).toBe((await database.read()).resource?._rid);
  const id = randomUUID();
  const body = JSON.stringify({ id, pk: "p" });
  const ofDocument = await account.raw({ method: "POST", path, headers: keyHeader("p"), body });
  expect(ofDocument.headers["x-ms-alt-content-path"]).toBe(`dbs/${database.id}/colls/${container.id}`);
  expect(ofDocument.headers["x-ms-content-path"]).toBe((await container.read()).resource?._rid);
});

it("refuses a request that means an earlier container of that name", async () => {
  const headers = (rid: string) => ({ ...keyHeader("p"), "x-ms-cosmos-intended-collection-rid": rid });
  const body = JSON.stringify({ id: randomUUID(), pk: "p" });
  const stale = await account.raw({ method: "POST", path, headers: headers("AAAAAAAAAAA="), body });
  expect([stale.status, stale.headers["x-ms-substatus"]]).toEqual([400, "1024"]);
  const { resource } = await container.read();
  const current = await account.raw({ method: "POST", path, headers: headers(String(resource?._rid)), body });
  expect(current.status).toBe(201);
});

it("takes a partition key version by its name", async () => {
  const id = `named-${randomUUID()}`;
  const body = JSON.stringify({
    id,
    partitionKey: { paths: ["/a", "/b"], kind: "MultiHash", version: "V2" },
    fullTextPolicy: { defaultLanguage: "en-US", fullTextPaths: [{ path: "/text", language: "en-US" }] },
  });
  const answer = await account.raw({ method: "POST", path: `/dbs/${database.id}/colls`, body });
  expect(answer.status).toBe(201);
  expect(answer.json()).toMatchObject({
    partitionKey: { version: 2 },
    fullTextPolicy: { defaultLanguage: "en-US" },
  });

  const short = await account.raw({
    path: `/dbs/${database.id}/colls/${id}/docs/x`,
    headers: keyHeader("only one"),
  });
  expect([short.status, short.headers["x-ms-substatus"]]).toEqual([400, "1001"]);
});

it("does not keep the kinds of index that old clients write", async () => {
  const id = `kinds-${randomUUID()}`;
  const indexes = [{ kind: "Hash", dataType: "String", precision: 3 }];
  const body = JSON.stringify({
    id,
    partitionKey: { paths: ["/pk"], kind: "Hash" },
    indexingPolicy: { includedPaths: [{ path: "/*", indexes }] },
  });
  await account.raw({ method: "POST", path: `/dbs/${database.id}/colls`, body });
  const read = await account.raw({
    path: `/dbs/${database.id}/colls/${id}`,
    headers: { "x-ms-documentdb-populatequotainfo": "True" },
  });
  expect(read.json()).toMatchObject({ indexingPolicy: { includedPaths: [{ path: "/*" }] } });
  expect(read.text).not.toContain('Hash","dataType');
  expect(read.headers["x-ms-documentdb-collection-index-transformation-progress"]).toBe("100");
});

it("says what a container holds when it is asked to, and only then", async () => {
  const container = await account.newContainer();
  for (const id of ["a", "b", "c"]) await container.items.create({ id, pk: id, text: "x".repeat(2000) });
  const path = `/dbs/${database.id}/colls/${container.id}`;
  const asked = await account.raw({
    path,
    headers: {
      "x-ms-documentdb-populatequotainfo": "True",
      "x-ms-documentdb-populatepartitionstatistics": "True",
    },
  });
  const usage = String(asked.headers["x-ms-resource-usage"]);
  const used = new URLSearchParams(usage.replaceAll(";", "&"));
  expect(Number(used.get("documentsCount"))).toBe(3);
  expect(Number(used.get("documentsSize"))).toBeGreaterThanOrEqual(6);
  expect(Number(used.get("documentsSize"))).toBeLessThan(12);
  expect(asked.headers["x-ms-resource-quota"]).toContain("collectionSize=");
  const statistics = asked.json()["statistics"] as { id: string; documentCount: number; sizeInKB: number }[];
  expect(statistics.map(({ id }) => id)).toEqual(["0", "1", "2"]);
  expect(statistics.reduce((sum, { documentCount }) => sum + documentCount, 0)).toBe(3);
  expect(statistics.every(({ documentCount, sizeInKB }) => sizeInKB >= 2 * documentCount)).toBe(true);

  const plain = await account.raw({ path });
  expect(plain.headers).not.toHaveProperty("x-ms-resource-usage");
  expect(plain.json()).not.toHaveProperty("statistics");
});

it("refuses a batch of nothing and a time to live that is null", async () => {
  const headers = {
    ...keyHeader("p"),
    "x-ms-cosmos-is-batch-request": "true",
    "x-ms-cosmos-batch-atomic": "true",
  };
  const batch = await account.raw({ method: "POST", path, headers, body: "[]" });
  expect([batch.status, batch.text]).toEqual([
    400,
    expect.stringContaining("Batch request has no operations."),
  ]);
  const body = JSON.stringify({ id: randomUUID(), pk: "p", ttl: null });
  const document = await account.raw({ method: "POST", path, headers: keyHeader("p"), body });
  expect(document.status).toBe(400);
});

it("counts a request's bytes as they were sent, escapes and spaces too", async () => {
  const text = "数".repeat(400_000);
  const plain = JSON.stringify({ id: randomUUID(), pk: "p", text });
  const escaped = plain.replaceAll("数", "\\u6570");
  const refused = await account.raw({ method: "POST", path, headers: keyHeader("p"), body: escaped });
  expect([refused.status, refused.json()["code"]]).toEqual([413, "RequestEntityTooLarge"]);
  const taken = await account.raw({ method: "POST", path, headers: keyHeader("p"), body: plain });
  expect(taken.status).toBe(201);
});

it("deletes all documents of a partition key, and no others", async () => {
  const own = await account.newContainer();
  for (const [id, pk] of [
    ["1", "gone"],
    ["2", "gone"],
    ["1", "kept"],
  ] as const) {
    await own.items.create({ id, pk });
  }
  const answer = await account.raw({
    method: "POST",
    path: `/dbs/${database.id}/colls/${own.id}/operations/partitionkeydelete`,
    headers: keyHeader("gone"),
    signed: { type: "colls", link: `dbs/${database.id}/colls/${own.id}` },
  });
  expect(answer.status).toBe(200);
  const { resources } = await own.items.query("SELECT VALUE c.pk FROM c").fetchAll();
  expect(resources).toEqual(["kept"]);
  await own.items.create({ id: "1", pk: "gone" });
});
