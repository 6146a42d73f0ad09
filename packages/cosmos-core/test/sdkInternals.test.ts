import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { createRequire } from "node:module";
import { rootCertificates } from "node:tls";
import { pathToFileURL } from "node:url";
import { createDefaultHttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";
import {
  ChangeFeedStartFrom,
  ConsistencyLevel,
  type Container,
  CosmosClient,
  ErrorResponse,
  type OperationInput,
} from "@azure/cosmos";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createCredential, ensureContainer, items } from "../src/index.ts";
import { batchHeader } from "../src/sdk/batchExchange.ts";
import { maxBatchBytes, maxBatchOperations } from "../src/sdk/batchRequest.ts";
import { foreignContinuation } from "../src/sdk/changeFeed.ts";
import { fromSdkError } from "../src/sdk/cosmosFailure.ts";
import { effectivePartitionKey } from "../src/sdk/effectivePartitionKey.ts";
import { rangeHeader } from "../src/sdk/queryPage.ts";
import { useEmulator } from "./runningEmulator.ts";

// What sdk/ takes for granted of @azure/cosmos and of @azure/identity, beyond what their types say. When an upgrade of
// the SDK fails a test here, the message names the file to mend; nothing outside sdk/ depends on it.

const emulator = useEmulator({
  physicalPartitions: 2,
  regions: [{ name: "East US" }, { name: "West Europe" }],
});

/** A client of the SDK alone, without what sdk/client.ts adds, and what it sent. */
const sent: PipelineRequest[] = [];
let client: CosmosClient;
let container: Container;

function connect(preferredLocations: string[] = []): CosmosClient {
  const { endpoint, caFile = "" } = emulator.configuration();
  const http = createDefaultHttpClient();
  return new CosmosClient({
    endpoint: endpoint.url,
    key: emulator.current().key,
    agent: new Agent({ ca: [...rootCertificates, readFileSync(caFile, "utf8")], keepAlive: true }),
    httpClient: {
      sendRequest(request) {
        sent.push(request);
        return http.sendRequest(request);
      },
    },
    connectionPolicy: { preferredLocations },
  });
}

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  client = connect();
  container = client.database("appdb").container("items");
  await container.read();
  return () => client.dispose();
});
beforeEach(() => {
  sent.length = 0;
});
afterEach(() => {
  emulator.current().faults.clear();
  emulator.current().regions.setLag("West Europe", 0);
});

const upsert = (id: string, more: object = {}): OperationInput => ({
  operationType: "Upsert",
  partitionKey: "pk",
  resourceBody: { id, pk: "pk", ...more },
});

async function thrown(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const batches = (): PipelineRequest[] => sent.filter(({ headers }) => headers.has(batchHeader));

test("batchRequest.ts: items.bulk sends what it is given at once, in one request that is known by its header", async () => {
  expect(
    typeof container.items.bulk,
    "items.bulk is gone: operations go out alone, see batchRequest.ts",
  ).toBe("function");
  const operations = Array.from({ length: maxBatchOperations }, (_, at) => upsert(`b${at}`));
  const answers = await container.items.bulk(operations, { continueOnError: true });
  expect(batches(), `batchExchange.ts: batch requests no longer carry ${batchHeader}`).toHaveLength(1);
  expect(answers, "batchRequest.ts: an answer for each operation, in their order").toHaveLength(
    operations.length,
  );
  expect(answers[7], "batchRequest.ts: the names of an answer's fields").toMatchObject({
    statusCode: 201,
    eTag: expect.stringMatching(/^".+"$/),
    requestCharge: expect.any(Number),
    resourceBody: { id: "b7" },
  });
});

test("batchRequest.ts: below maxBatchBytes a batch is one request, above the SDK makes several", async () => {
  // The words around a body are counted too: of 50 operations 100 bytes each.
  const text = "x".repeat(maxBatchBytes / 50 - 200);
  const full = Array.from({ length: 50 }, (_, at) => upsert(`s${at}`, { text }));
  await container.items.bulk(full, { continueOnError: true });
  expect(batches(), `the SDK splits a batch of ${maxBatchBytes} bytes`).toHaveLength(1);
  sent.length = 0;
  await container.items.bulk([...full, ...full], { continueOnError: true });
  expect(batches().length, "the SDK sends larger batches: maxBatchBytes may be raised").toBeGreaterThan(1);
});

test("batchRequest.ts: of an operation that is refused the answer has the service's status, substatus and wait", async () => {
  emulator.current().faults.add({
    operation: "upsertDocument",
    inBatch: true,
    status: 429,
    substatus: 3200,
    headers: { "x-ms-retry-after-ms": "7" },
  });
  const [throttled, written] = await container.items.bulk([upsert("t0"), upsert("t1")], {
    continueOnError: true,
  });
  expect(throttled).toMatchObject({ statusCode: 429, subStatusCode: 3200 });
  expect(written).toMatchObject({ statusCode: 201 });
});

test("batchRequest.ts: what fails a batch as a whole is wrapped, with the ErrorResponse among its causes", async () => {
  emulator.current().faults.add({ operation: "batchDocuments", status: 403, count: "always" });
  let error = await thrown(container.items.bulk([upsert("w0")], { continueOnError: true }));
  for (let depth = 0; depth < 5 && !(error instanceof ErrorResponse); depth += 1) {
    error = (error as Error | undefined)?.cause;
  }
  expect(error, "items.bulk wraps its failures in another way").toBeInstanceOf(ErrorResponse);
  expect(error).toMatchObject({ code: 403 });
});

test("cosmosFailure.ts: a refusal is an ErrorResponse with code, substatus, activityId, wait and headers", async () => {
  emulator.current().faults.add({
    operation: "readDocument",
    status: 429,
    substatus: 3200,
    headers: { "x-ms-retry-after-ms": "11" },
    count: "always",
  });
  const impatient = new CosmosClient({
    endpoint: emulator.configuration().endpoint.url,
    key: emulator.current().key,
    agent: new Agent({ ca: [readFileSync(emulator.configuration().caFile ?? "", "utf8")] }),
    connectionPolicy: {
      retryOptions: { maxRetryAttemptCount: 0, maxWaitTimeInSeconds: 1, fixedRetryIntervalInMilliseconds: 0 },
    },
  });
  const error = await thrown(impatient.database("appdb").container("items").item("b1", "pk").read());
  impatient.dispose();
  expect(error).toBeInstanceOf(ErrorResponse);
  expect(error).toMatchObject({
    code: 429,
    substatus: 3200,
    activityId: expect.stringMatching(/./),
    retryAfterInMs: 11,
    headers: { "x-ms-request-charge": expect.anything() },
  });
  expect(fromSdkError(error)).toMatchObject({ reason: "throttled", retryAfterMs: 11 });
});

test("cosmosFailure.ts: where nobody listens the error, or a cause of it, has Node's code", async () => {
  const away = new CosmosClient({
    endpoint: "https://127.0.0.1:1",
    key: emulator.current().key,
    connectionPolicy: {
      retryOptions: { maxRetryAttemptCount: 0, maxWaitTimeInSeconds: 0, fixedRetryIntervalInMilliseconds: 0 },
    },
  });
  const failure = fromSdkError(
    await thrown(away.getDatabaseAccount({ abortSignal: AbortSignal.timeout(60_000) })),
  );
  away.dispose();
  expect(failure).toMatchObject({ reason: "unavailable", code: "no-answer" });
});

test("partitionKeyRanges.ts: readPartitionKeyRanges gives ids and where the ranges begin", async () => {
  const { resources } = await container.readPartitionKeyRanges().fetchAll();
  expect(resources).toHaveLength(2);
  for (const range of resources) {
    expect(range).toMatchObject({ id: expect.any(String), minInclusive: expect.any(String) });
  }
});

test("queryPage.ts: initialHeaders choose the physical partition, and populateIndexMetrics explains the query", async () => {
  const { resources: ranges } = await container.readPartitionKeyRanges().fetchAll();
  const page = (range: string) =>
    container.items
      .query("SELECT VALUE c.id FROM c", {
        initialHeaders: { [rangeHeader]: range },
        maxItemCount: 1_000,
        populateIndexMetrics: true,
      })
      .fetchNext();
  const pages = await Promise.all(ranges.map(({ id }) => page(String(id))));
  const counts = pages.map(({ resources }) => resources.length);
  // All that was written has one partition key.
  expect(
    counts.filter((count) => count > 0),
    `${rangeHeader} no longer leads to one partition`,
  ).toHaveLength(1);
  expect(typeof pages[0]?.indexMetrics, "indexMetrics.ts: the index metrics are JSON text").toBe("string");
  expect(() => JSON.parse(pages[0]?.indexMetrics ?? "")).not.toThrow();
});

test("changeFeed.ts: the continuation is JSON that says which partitions were asked, and NotModified has no result", async () => {
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 1_000,
  });
  const parts: (string | undefined)[][] = [];
  let unchanged = 0;
  while (unchanged < 1) {
    const { statusCode, continuationToken, headers } = await feed.readNext();
    const { Continuation: all } = JSON.parse(continuationToken) as {
      Continuation: { continuationToken?: string }[];
    };
    parts.push(all.map(({ continuationToken: token }) => token));
    expect(headers["x-ms-request-charge"], "the charge is in the headers").toBeDefined();
    if (statusCode === 304) unchanged += 1;
  }
  expect(parts.every((each) => each.length === 2)).toBe(true);
  expect(
    parts.at(-1)?.every((token) => token),
    "all partitions were asked at the end",
  ).toBe(true);
});

test("changeFeed.ts: a continuation of another container is refused in words that are known", async () => {
  const feed = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
  });
  const { continuationToken } = await feed.readNext();
  const foreign = JSON.stringify({ ...JSON.parse(continuationToken), rid: "another==" });
  const error = await thrown(
    (async () =>
      container.items
        .getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Continuation(foreign) })
        .readNext())(),
  );
  expect((error as Error | undefined)?.message).toMatch(foreignContinuation);
});

test("readRegion.ts: the client says which endpoints reads and writes go to", async () => {
  const near = connect(["West Europe"]);
  await near.getDatabaseAccount();
  const [read, write] = await Promise.all([near.getReadEndpoint(), near.getWriteEndpoint()]);
  expect(new URL(read).host).not.toBe(new URL(write).host);
  const { resource } = await near.getDatabaseAccount();
  expect(resource?.consistencyPolicy).toBe(ConsistencyLevel.Session);
  near.dispose();
});

test("readRegion.ts: only a read that asks for session consistency carries the session's token", async () => {
  await container.items.upsert({ id: "session", pk: "pk" });
  sent.length = 0;
  await container.item("session", "pk").read();
  await container.item("session", "pk").read({ consistencyLevel: ConsistencyLevel.Session });
  const tokens = sent.map(({ headers }) => headers.has("x-ms-session-token"));
  expect(tokens, "reads carry the token without being asked: readOptions is not needed any more").toEqual([
    false,
    true,
  ]);
});

test("readSession.ts: where a region lags the SDK reads again without the token, and gives what was there before", async () => {
  const near = connect(["West Europe"]);
  const far = near.database("appdb").container("items");
  await far.items.upsert({ id: "lag", pk: "pk", name: "before" });
  emulator.current().regions.setLag("West Europe", 60_000);
  await far.items.upsert({ id: "lag", pk: "pk", name: "after" });
  const { resource } = await far.item("lag", "pk").read({ consistencyLevel: ConsistencyLevel.Session });
  near.dispose();
  expect(resource?.["name"], "the SDK reads its own writes by itself now: readSession.ts can go").not.toBe(
    "after",
  );
});

test.each(["a/b", "a\\b", "a#b"])("idRules.ts: the SDK refuses the id %j", async (id) => {
  expect(
    await thrown(container.items.upsert({ id, pk: "pk" })),
    "the SDK takes such an id now",
  ).toBeDefined();
  expect(sent, "before it is sent").toHaveLength(0);
});

test("idRules.ts: an item whose id is white space only is written, and then not read", async () => {
  const id = "\t";
  await container.items.upsert({ id, pk: "pk" });
  sent.length = 0;
  const read = await thrown(container.item(id, "pk").read());
  expect(read, "the SDK reads such an item now: idRules.ts may take its id").toBeDefined();
  expect(sent, "before it is sent").toHaveLength(0);
});

test("unsafeNumbers.ts: answers are read from bodyAsText, those of a batch with resourceBody", async () => {
  const seen: unknown[] = [];
  const http = createDefaultHttpClient();
  const { endpoint, caFile = "" } = emulator.configuration();
  const noting = new CosmosClient({
    endpoint: endpoint.url,
    key: emulator.current().key,
    agent: new Agent({ ca: [readFileSync(caFile, "utf8")] }),
    httpClient: {
      async sendRequest(request) {
        const response = await http.sendRequest(request);
        if (request.headers.has(batchHeader)) seen.push(JSON.parse(response.bodyAsText ?? ""));
        if (response.bodyAsText?.includes("changed") === true) {
          response.bodyAsText = response.bodyAsText.replaceAll("changed", "by the client");
        }
        return response;
      },
    },
  });
  const own = noting.database("appdb").container("items");
  const { resource } = await own.items.upsert({ id: "text", pk: "pk", name: "changed" });
  await own.items.bulk([upsert("text2")], { continueOnError: true });
  noting.dispose();
  expect(resource?.["name"], "the SDK no longer reads bodyAsText").toBe("by the client");
  expect(seen).toEqual([
    [expect.objectContaining({ resourceBody: expect.objectContaining({ id: "text2" }) })],
  ]);
});

type Hash = (partitionKey: readonly unknown[]) => string;

const entry = pathToFileURL(createRequire(import.meta.url).resolve("@azure/cosmos"));
const sdkHash = async (file: string, name: string): Promise<Hash> =>
  (await import(/* @vite-ignore */ new URL(`../esm/utils/hashing/${file}`, entry).href))[name];

const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

test("effectivePartitionKey.ts: a partition key lies where the SDK says that it does", async () => {
  const hash = await sdkHash("v2.js", "hashV2PartitionKey");
  fc.assert(
    fc.property(value, (pk) => {
      expect(effectivePartitionKey(pk)).toBe(hash([pk]));
    }),
    { numRuns: 2_000 },
  );
});

test("effectivePartitionKey.ts: a hierarchical partition key lies where the SDK says that it does", async () => {
  const hash = await sdkHash("multiHash.js", "hashMultiHashPartitionKey");
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (pk) => {
      expect(effectivePartitionKey(pk)).toBe(hash(pk));
    }),
    { numRuns: 2_000 },
  );
});
