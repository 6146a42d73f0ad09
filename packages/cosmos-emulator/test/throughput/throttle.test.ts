import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { type Container, CosmosClient, type RetryOptions } from "@azure/cosmos";
import { expect, it, onTestFinished } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/index.ts";

interface Place {
  readonly emulator: Emulator;
  readonly client: CosmosClient;
}

async function start(retryOptions: RetryOptions, options: EmulatorOptions): Promise<Place> {
  const emulator = await startEmulator(options);
  const agent = new Agent({ ca: readFileSync(emulator.caFile, "utf8"), keepAlive: true });
  const client = new CosmosClient({
    endpoint: emulator.endpoint,
    key: emulator.key,
    agent,
    connectionPolicy: { retryOptions },
  });
  onTestFinished(async () => {
    client.dispose();
    agent.destroy();
    await emulator.close();
  });
  return { emulator, client };
}

const noRetries: RetryOptions = {
  maxRetryAttemptCount: 0,
  fixedRetryIntervalInMilliseconds: 0,
  maxWaitTimeInSeconds: 0,
};

/** What the tests leave of 400 RU/s to one partition key: 100. */
const physicalPartitions = 4;

/** Costs some 870 RU to write: eight seconds of a partition's 100 RU/s. */
const large = "x".repeat(1_900_000);

interface Refused {
  readonly code: number;
  readonly substatus?: number;
  readonly retryAfterInMs?: number;
  readonly message: string;
}

/** Writes large items at once, and says which were refused. */
async function writeMany(container: Container, count: number, pk = "p"): Promise<Refused[]> {
  const results = await Promise.allSettled(
    Array.from({ length: count }, (_, index) => container.items.upsert({ id: `${index}`, pk, large })),
  );
  return results.flatMap((result) => (result.status === "rejected" ? [result.reason as Refused] : []));
}

it("throttles a container to its throughput with 429/3200, and says when to come back", async () => {
  const { client } = await start(noRetries, { enforceThroughput: true, physicalPartitions });
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk", throughput: 400 });
  const refused = await writeMany(container, 3);
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) {
    expect(error).toMatchObject({ code: 429, substatus: 3200 });
    expect(error.retryAfterInMs).toBeGreaterThan(0);
    expect(error.message).toContain("Request rate is large. More Request Units may be needed");
  }
});

it("lets the SDK get everything through by its retries", async () => {
  const { client } = await start(
    { ...noRetries, maxRetryAttemptCount: 50, maxWaitTimeInSeconds: 60 },
    { enforceThroughput: true },
  );
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk", throughput: 400 });
  expect(await writeMany(container, 2)).toEqual([]);
});

it("throttles autoscale to its maximum", async () => {
  const { client } = await start(noRetries, { enforceThroughput: true, physicalPartitions });
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({
    id: "c",
    partitionKey: "/pk",
    maxThroughput: 1000,
  });
  expect((await writeMany(container, 3)).length).toBeGreaterThan(0);
});

it("shares a container's throughput out among its physical partitions", async () => {
  const { client } = await start(noRetries, { enforceThroughput: true, physicalPartitions });
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk", throughput: 400 });
  expect((await writeMany(container, 3, "hot")).length).toBeGreaterThan(0);
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const key = `cold-${index}`;
      try {
        return (await container.item("none", key).read()).statusCode;
      } catch (error) {
        return (error as Refused).code;
      }
    }),
  );
  // Some keys share the hot partition, most do not.
  expect(answers).toContain(404);
  expect(answers).toContain(429);
});

it("throttles nothing that was created without throughput, and nothing unless told to", async () => {
  const enforcing = await start(noRetries, { enforceThroughput: true });
  const { database } = await enforcing.client.databases.create({ id: "db" });
  const free = await database.containers.create({ id: "c", partitionKey: "/pk" });
  expect(await writeMany(free.container, 3)).toEqual([]);
  const lenient = await start(noRetries, {});
  const other = await lenient.client.databases.create({ id: "db", throughput: 400 });
  const { container } = await other.database.containers.create({
    id: "c",
    partitionKey: "/pk",
    throughput: 400,
  });
  expect(await writeMany(container, 3)).toEqual([]);
});

it("throttles single operations of a bulk request: those for which nothing is left", async () => {
  const { client } = await start(noRetries, { enforceThroughput: true, physicalPartitions });
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk", throughput: 400 });
  // A create costs 5 RU, so that 20 of them take what a second has.
  const operations = Array.from({ length: 30 }, (_, index) => ({
    operationType: "Create" as const,
    resourceBody: { id: `${index}`, pk: "p" },
  }));
  const results = await container.items.bulk(operations, { continueOnError: true });
  const statuses = results.map(({ statusCode }) => statusCode);
  expect(statuses).toEqual([...new Array<number>(20).fill(201), ...new Array<number>(10).fill(429)]);
  for (const refused of results.slice(20)) {
    expect(refused).toMatchObject({ subStatusCode: 3200, message: expect.stringContaining("Request rate") });
    expect((refused as { retryAfterMilliseconds?: number }).retryAfterMilliseconds).toBeGreaterThan(0);
  }
});

it("lets the SDK's bulk get every operation through by its retries", async () => {
  const { client } = await start(
    { ...noRetries, maxRetryAttemptCount: 50, maxWaitTimeInSeconds: 60 },
    { enforceThroughput: true },
  );
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk", throughput: 400 });
  const operations = ["1", "2", "3"].map((id) => ({
    operationType: "Create" as const,
    partitionKey: "p",
    resourceBody: { id, pk: "p", large: "x".repeat(450_000) },
  }));
  const results = await container.items.executeBulkOperations(operations);
  expect(results.map(({ response }) => response?.statusCode)).toEqual([201, 201, 201]);
});

it("holds for throughput that was changed since", async () => {
  const { client } = await start(noRetries, { enforceThroughput: true, physicalPartitions });
  const { database } = await client.databases.create({ id: "db" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/pk", throughput: 400 });
  expect((await writeMany(container, 3)).length).toBeGreaterThan(0);
  const { resource, offer } = await container.readOffer();
  const content = resource?.content;
  if (content !== undefined) content.offerThroughput = 1_000_000;
  await offer?.replace({ ...resource, ...(content && { content }) });
  await expect.poll(() => writeMany(container, 3), { timeout: 200_000 }).toEqual([]);
});
