import { type Item, items, openContainer, type Store, type TypesOf } from "@cosmos-trpc/cosmos-core";
import { type EmulatorClient, withEmulatorClient } from "./emulatorClient.ts";
import { median, rotate } from "./load/statistics.ts";
import { quick } from "./quick.ts";

const rounds = quick ? 1 : 5;
const seconds = 1;
const itemCount = 1_000;

/** Milliseconds by which answers are held up, as if from another machine. */
const latency = 5;

/** One way's medians. */
interface CoalescingRow {
  readonly way: string;
  /** Microseconds of this process's CPU time for an operation. */
  readonly cpu: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What this bench finds out: ways by what they do. */
export interface CoalescingFigures {
  readonly rounds: number;
  readonly seconds: number;
  readonly tables: Readonly<Record<string, readonly CoalescingRow[]>>;
}

/**
 * What the coalescer's limits give, for clients in this process that go round at once: each way in turn. The emulator is
 * a process of its own; it answers at once, or later, as from another machine. And the SDK's two ways to send a batch.
 */
export const measureCoalescing = (): Promise<CoalescingFigures> => withEmulatorClient(compareAll);

const id = (turn: number): string => `item-${turn % itemCount}`;

const item = (turn: number, bytes: number): Item => ({
  id: id(turn),
  pk: id(turn),
  name: "bench",
  data: { text: "x".repeat(bytes) },
});

type Work = (turn: number) => Promise<unknown>;

/** Goes round with so many clients at once. */
async function load(clients: number, work: Work): Promise<Omit<CoalescingRow, "way">> {
  const times: number[] = [];
  let turn = 0;
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const end = begin + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        const sent = performance.now();
        turn += 1;
        await work(turn);
        times.push(performance.now() - sent);
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  times.sort((one, other) => one - other);
  return {
    cpu: (user + system) / times.length,
    perSecond: (times.length / (performance.now() - begin)) * 1_000,
    p50Ms: times[Math.floor(times.length / 2)] ?? 0,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

/** Measures ways beside each other, in turns. */
async function compare(clients: number, ways: Readonly<Record<string, Work>>): Promise<CoalescingRow[]> {
  const found = new Map<string, Omit<CoalescingRow, "way">[]>(Object.keys(ways).map((way) => [way, []]));
  // The round before the first warms up.
  for (let round = -1; round < rounds; round += 1) {
    for (const [way, work] of rotate(Object.entries(ways), round + 1)) {
      const figures = await load(clients, work);
      if (round >= 0) found.get(way)?.push(figures);
    }
  }
  const three = (values: readonly number[]): number => Number(median(values).toPrecision(3));
  const rows = [...found].map(([way, all]) => ({
    way,
    cpu: three(all.map(({ cpu }) => cpu)),
    perSecond: three(all.map(({ perSecond }) => perSecond)),
    p50Ms: three(all.map(({ p50Ms }) => p50Ms)),
    p99Ms: three(all.map(({ p99Ms }) => p99Ms)),
  }));
  console.table(rows);
  return rows;
}

async function compareAll({
  client,
  database,
  container,
  setLatency,
}: EmulatorClient): Promise<CoalescingFigures> {
  const open = async (coalescing: object): Promise<Store<TypesOf<typeof items>>> =>
    (await openContainer(client, database, items, { coalescing })).store;
  const read =
    (from: Store<TypesOf<typeof items>>): Work =>
    (turn) =>
      from.get({ id: id(turn), pk: id(turn) });
  const write =
    (to: Store<TypesOf<typeof items>>, bytes: number): Work =>
    (turn) =>
      to.upsert(item(turn, bytes));
  /** The same store with several values of one limit. */
  const variants = async (
    limit: string,
    values: readonly number[],
    toWork: (store: Store<TypesOf<typeof items>>) => Work,
  ): Promise<Record<string, Work>> => {
    const works: Record<string, Work> = {};
    for (const value of values) {
      works[`${limit} ${value.toLocaleString("en")}`] = toWork(await open({ [limit]: value }));
    }
    return works;
  };

  const store = await open({});
  await Promise.all(Array.from({ length: itemCount }, (_, turn) => store.upsert(item(turn, 900))));
  const sdk: Work = (turn) => container.item(id(turn), id(turn)).read();
  const inFlight = await variants("maxBatchesInFlight", [1, 2, 4, 8, 16], read);
  const batchSizes = await variants("maxBatchSize", [1, 10, 25, 50, 100], read);
  const tables: Record<string, CoalescingRow[]> = {};
  for (const milliseconds of [0, latency]) {
    await setLatency(milliseconds);
    const later = milliseconds === 0 ? "answered at once" : `answered ${milliseconds} ms later`;
    tables[`one client, ${later}`] = await compare(1, { "the SDK": sdk, "the store": read(store) });
    for (const clients of [64, 256]) {
      tables[`${clients} clients, ${later}`] = await compare(clients, { "the SDK": sdk, ...inFlight });
    }
  }
  await setLatency(0);
  tables["256 clients, by batch size"] = await compare(256, batchSizes);
  for (const size of [900, 20_000]) {
    const byBytes = await variants("maxBatchBytes", [50_000, 100_000, 200_000, 220_000], (to) =>
      write(to, size),
    );
    tables[`64 clients that write ${size.toLocaleString("en")} bytes`] = await compare(64, byBytes);
  }
  const hundred = Array.from({ length: 100 }, (_, turn) => ({
    operationType: "Read" as const,
    id: id(turn),
    partitionKey: id(turn),
  }));
  tables["calls of 100 point reads, one after the other"] = await compare(1, {
    "items.bulk": () => container.items.bulk([...hundred], { continueOnError: true }),
    "items.executeBulkOperations": () => container.items.executeBulkOperations([...hundred]),
  });
  return { rounds, seconds, tables };
}
