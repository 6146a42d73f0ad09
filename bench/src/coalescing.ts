import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCosmosClient,
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  readCosmosConfiguration,
  type Store,
} from "@cosmos-trpc/cosmos-core";
import { startEmulatorProcess } from "@cosmos-trpc/scripts/processes";

/**
 * Measures what the coalescer's limits give: processor time of this process per operation, operations a second and
 * latencies, for clients that go round at once, each way in turn, several rounds, medians. The emulator is a process of
 * its own; it answers at once, and `latency` milliseconds later as from another machine. And the SDK's two ways to send
 * a batch. Run: node --conditions @cosmos-trpc/source bench/src/coalescing.ts [rounds, by default 3]
 */
const rounds = Number(process.argv[2] ?? 3);
const clients = 64;
const seconds = 1.5;
const latency = 5;
const itemCount = 1_000;

const folder = mkdtempSync(join(tmpdir(), "coalescing-bench-"));
const emulator = await startEmulatorProcess(folder);
Object.assign(process.env, emulator.ready.env);
const configuration = readCosmosConfiguration(process.env);
await ensureContainer(configuration, items, createCredential());
const client = createCosmosClient(configuration, createCredential());
const database = configuration.database;
const container = client.database(database).container(items.id);

const open = async (coalescing: object): Promise<Store<Item>> =>
  (await openContainer(client, database, items, { coalescing })).store;

const id = (turn: number): string => `item-${turn % itemCount}`;
const item = (turn: number, bytes: number): Item => ({
  id: id(turn),
  pk: id(turn),
  name: "bench",
  data: { text: "x".repeat(bytes) },
});

interface Figures {
  readonly cpuMicroseconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Goes round with so many clients at once. */
async function load(concurrency: number, work: (turn: number) => Promise<unknown>): Promise<Figures> {
  const times: number[] = [];
  let turn = 0;
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const end = begin + seconds * 1_000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        const sent = performance.now();
        turn += 1;
        await work(turn);
        times.push(performance.now() - sent);
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  return {
    cpuMicroseconds: (user + system) / times.length,
    perSecond: (times.length / (performance.now() - begin)) * 1_000,
    p50Ms: times[Math.floor(times.length / 2)] ?? 0,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Measures ways beside each other, in turns, and prints their medians. */
async function compare(
  title: string,
  concurrency: number,
  ways: Readonly<Record<string, (turn: number) => Promise<unknown>>>,
): Promise<void> {
  const found = new Map<string, Figures[]>();
  for (const work of Object.values(ways)) for (let turn = 0; turn < 20; turn += 1) await work(turn);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(ways)) {
      found.set(name, [...(found.get(name) ?? []), await load(concurrency, work)]);
    }
  }
  console.log(`\n${title}, ${concurrency} at once`);
  console.table(
    Object.fromEntries(
      [...found].map(([name, all]) => [
        name,
        Object.fromEntries(
          (["cpuMicroseconds", "perSecond", "p50Ms", "p99Ms"] as const).map((figure) => [
            figure,
            Number(median(all.map((one) => one[figure])).toPrecision(3)),
          ]),
        ),
      ]),
    ),
  );
}

async function setLatency(milliseconds: number): Promise<void> {
  const { COSMOS_EMULATOR_ADMIN_ENDPOINT: url, COSMOS_EMULATOR_ADMIN_SECRET: secret = "" } = process.env;
  const response = await fetch(`${url}/latency`, {
    method: "PUT",
    headers: { "content-type": "application/json", "x-emulator-secret": secret },
    body: JSON.stringify({ ms: milliseconds }),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function measure(): Promise<void> {
  const store = await open({});
  await Promise.all(Array.from({ length: itemCount }, (_, turn) => store.upsert(item(turn, 900))));
  const direct = (turn: number) => container.item(id(turn), id(turn)).read();
  const read =
    (from: Store<Item>) =>
    (turn: number): Promise<unknown> =>
      from.get({ id: id(turn), pk: id(turn) });
  const write =
    (to: Store<Item>, bytes: number) =>
    (turn: number): Promise<unknown> =>
      to.upsert(item(turn, bytes));
  const inFlight: Record<string, Store<Item>> = {};
  for (const batchesInFlight of [1, 2, 4, 8, 16]) {
    inFlight[`${batchesInFlight} in flight`] = await open({ batchesInFlight });
  }
  const reads = Object.fromEntries(Object.entries(inFlight).map(([name, from]) => [name, read(from)]));
  const alone = read(await open({ batchSize: 1, batchesInFlight: 1_000 }));

  for (const milliseconds of [0, latency]) {
    await setLatency(milliseconds);
    const far = `answers ${milliseconds} ms later`;
    await compare(`point reads, ${far}`, 1, { "the SDK": direct, "the store": read(store) });
    for (const concurrency of [clients, 256]) {
      await compare(`point reads, ${far}`, concurrency, {
        "the SDK": direct,
        "the store, alone": alone,
        ...reads,
      });
    }
  }
  await setLatency(0);

  const sizes: Record<string, Store<Item>> = {};
  for (const batchSize of [10, 25, 50, 100]) sizes[`${batchSize} operations`] = await open({ batchSize });
  await compare(
    "point reads by batch size",
    256,
    Object.fromEntries(Object.entries(sizes).map(([name, from]) => [name, read(from)])),
  );

  const bytes: Record<string, Store<Item>> = {};
  for (const batchBytes of [50_000, 100_000, 200_000, 1_000_000, 2_000_000]) {
    bytes[`${batchBytes} bytes`] = await open({ batchBytes });
  }
  for (const size of [900, 20_000]) {
    await compare(
      `upserts of ${size} bytes`,
      clients,
      Object.fromEntries(Object.entries(bytes).map(([name, to]) => [name, write(to, size)])),
    );
  }

  const hundred = Array.from({ length: 100 }, (_, turn) => ({
    operationType: "Read" as const,
    id: id(turn),
    partitionKey: id(turn),
  }));
  await compare("calls of 100 point reads", 1, {
    "items.bulk": () => container.items.bulk([...hundred], { continueOnError: true }),
    "items.executeBulkOperations": () => container.items.executeBulkOperations([...hundred]),
  });
}

try {
  await measure();
} finally {
  client.dispose();
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
}
