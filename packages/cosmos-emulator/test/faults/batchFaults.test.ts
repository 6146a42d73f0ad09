import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { type Container, CosmosClient, type OperationInput } from "@azure/cosmos";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Emulator, type FaultOptions, InputError, startEmulator } from "../../src/index.ts";

let emulator: Emulator;
let agent: Agent;
let client: CosmosClient;
let container: Container;

beforeAll(async () => {
  emulator = await startEmulator();
  agent = new Agent({ ca: readFileSync(emulator.caFile, "utf8"), keepAlive: true });
  client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
  const { database } = await client.databases.create({ id: "db" });
  container = (await database.containers.create({ id: "c", partitionKey: "/pk" })).container;
});
afterEach(() => emulator.faults.clear());
afterAll(async () => {
  client.dispose();
  agent.destroy();
  await emulator.close();
});

const throttled = { status: 429, substatus: 3200, headers: { "x-ms-retry-after-ms": "7" } };

const upsert = (id: string, pk: string): OperationInput => ({
  operationType: "Upsert",
  resourceBody: { id, pk },
});

async function idsOf(pk: string): Promise<string[]> {
  const { resources } = await container.items
    .query<string>("SELECT VALUE c.id FROM c", { partitionKey: pk })
    .fetchAll();
  return resources.sort();
}

/** What a bulk request's operations are answered, without the SDK's own retries of single operations. */
async function bulk(operations: OperationInput[]): Promise<readonly object[]> {
  return [...(await container.items.bulk(operations, { continueOnError: true }))];
}

it("fails single operations of a bulk request, as many as it was told, and no other", async () => {
  const pk = randomUUID();
  emulator.faults.add({ operation: "upsertDocument", ...throttled, message: "Wait.", count: 2 });
  const answers = await bulk(["1", "2", "3"].map((id) => upsert(id, pk)));
  expect(answers).toMatchObject([
    { statusCode: 429, subStatusCode: 3200, retryAfterMilliseconds: 7, message: "Wait." },
    { statusCode: 429, subStatusCode: 3200, retryAfterMilliseconds: 7, message: "Wait." },
    { statusCode: 201 },
  ]);
  expect(await idsOf(pk)).toEqual(["3"]);
  expect(emulator.faults.list()).toEqual([]);
});

it("lets the SDK's bulk retry the operation that was throttled", async () => {
  const pk = randomUUID();
  emulator.faults.add({ path: "/dbs/db/colls/c/docs/2", inBatch: true, ...throttled });
  const answers = await container.items.executeBulkOperations([
    { operationType: "Upsert", partitionKey: pk, resourceBody: { id: "1", pk } },
    { operationType: "Upsert", partitionKey: pk, resourceBody: { id: "2", pk } },
  ]);
  expect(answers.map(({ response }) => response?.statusCode)).toEqual([201, 201]);
  expect(await idsOf(pk)).toEqual(["1", "2"]);
  expect(emulator.faults.list()).toEqual([]);
});

it("ends a transactional batch when one of its operations fails, and undoes what takes effect", async () => {
  const pk = randomUUID();
  for (const takesEffect of [false, true]) {
    emulator.faults.add({ operation: "upsertDocument", path: "*/docs/2", status: 449, takesEffect });
    const { code, result } = await container.items.batch([upsert("1", pk), upsert("2", pk)], pk);
    expect(code).toBe(207);
    expect(result?.map(({ statusCode }) => statusCode)).toEqual([424, 449]);
  }
  expect(await idsOf(pk)).toEqual([]);
});

it("lets an operation of a bulk request take effect although it fails, when told so", async () => {
  const pk = randomUUID();
  emulator.faults.add({ operation: "upsertDocument", status: 408, takesEffect: true });
  expect(await bulk([upsert("1", pk)])).toMatchObject([{ statusCode: 408 }]);
  expect(await idsOf(pk)).toEqual(["1"]);
});

it.each<[string, FaultOptions, number, number]>([
  ["by its operation in both places", { operation: "readDocument", status: 500 }, 500, 500],
  ["inside batches only", { operation: "readDocument", inBatch: true, status: 500 }, 500, 200],
  ["outside of batches only", { operation: "readDocument", inBatch: false, status: 500 }, 200, 500],
  ["by its document's path", { operation: "readDocument", path: "*/docs/kept", status: 500 }, 500, 500],
  ["by the method that it would have", { inBatch: true, method: "GET", status: 500 }, 500, 200],
  ["not by what only requests have", { operation: "readDocument", delayMs: 1, status: 500 }, 200, 500],
  ["not when it is another's", { operation: "replaceDocument", status: 500 }, 200, 200],
])("matches an operation %s", async (_, fault, inBatch, alone) => {
  await container.items.upsert({ id: "kept", pk: "p" });
  emulator.faults.add({ ...fault, count: "always" });
  expect(await bulk([{ operationType: "Read", id: "kept", partitionKey: "p" }])).toMatchObject([
    { statusCode: inBatch },
  ]);
  const single = container.item("kept", "p").read();
  const code = await single.then(
    ({ statusCode }) => statusCode,
    (error: { code: number }) => error.code,
  );
  expect(code).toBe(alone);
});

it.each<[string, FaultOptions]>([
  ["that waits", { inBatch: true, status: 500, delayMs: 1 }],
  ["that cuts the answer", { inBatch: true, status: 500, truncate: true }],
  ["that cuts the connection", { inBatch: true, drop: "before" }],
  ["of an operation that no batch has", { inBatch: true, status: 500, operation: "queryDocuments" }],
])("refuses a fault inside batches %s", (_, fault) => {
  expect(() => emulator.faults.add(fault)).toThrow(InputError);
});
