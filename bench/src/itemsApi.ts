import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programs, startEmulatorProcess } from "@cosmos-trpc/scripts/processes";
import { type ConstantBackend, startConstantBackend } from "./itemsApi/constantBackend.ts";
import { measureStarts, type StartRow } from "./itemsApi/starts.ts";
import {
  batchSize,
  itemCount,
  type Protocol,
  upsert,
  type WorkloadName,
  workloads,
} from "./itemsApi/workloads.ts";
import { type Loader, startLoader } from "./load/loader.ts";
import { cores } from "./load/pinned.ts";
import { median, rotate, round, spread } from "./load/statistics.ts";
import { startWatched, type WatchedServer } from "./load/watchedServer.ts";
import { quick } from "./quick.ts";

const rounds = quick ? 1 : 5;
const emulatorRounds = quick ? 1 : 3;
const seconds = 1;

/** Requests a second of the load that is not as fast as it can be. */
const fixedRate = 1_000;

const peer = (name: string): string => join(import.meta.dirname, "itemsApi/servers", `${name}.ts`);

/** Who is compared: ours first. */
const contenders = [
  { name: "cosmos-trpc", program: programs.server, protocol: "trpc" },
  { name: "plain tRPC + SDK", program: peer("plain"), protocol: "trpc" },
  { name: "tRPC on fastify + SDK", program: peer("fastify"), protocol: "trpc" },
  { name: "oRPC + SDK", program: peer("orpc"), protocol: "orpc" },
  { name: "Hono RPC + SDK", program: peer("hono"), protocol: "rest" },
  { name: "bare proxy", program: peer("proxy"), protocol: "rest" },
] as const satisfies readonly { name: string; program: string; protocol: Protocol }[];

type ContenderName = (typeof contenders)[number]["name"];

/** One kind of burst: what is asked, of whom, and how. */
interface Scenario {
  readonly name: string;
  readonly workload: WorkloadName;
  readonly connections: number;
  readonly rate?: number;
  /** Seconds of a round, where it takes more than the usual for what is looked at. */
  readonly duration?: number;
  readonly among: readonly ContenderName[];
  /** What a server is asked for that has no such request. */
  readonly instead?: Partial<Record<ContenderName, WorkloadName>>;
}

const everybody = contenders.map(({ name }) => name);
const trpcServers: ContenderName[] = ["cosmos-trpc", "plain tRPC + SDK", "tRPC on fastify + SDK"];
const oursPlainAndProxy: ContenderName[] = ["cosmos-trpc", "plain tRPC + SDK", "bare proxy"];
const oursAndPlain: ContenderName[] = ["cosmos-trpc", "plain tRPC + SDK"];

const crowd = { connections: 64 } as const;
const scenarios: readonly Scenario[] = [
  { name: "items.get", workload: "items.get", ...crowd, among: everybody },
  { name: "items.upsert", workload: "items.upsert", ...crowd, among: everybody },
  { name: "80 % get, 20 % upsert", workload: "80 % get, 20 % upsert", ...crowd, among: everybody },
  { name: "hot keys", workload: "hot keys", ...crowd, among: everybody },
  { name: "hot keys, 256 connections", workload: "hot keys", connections: 256, among: oursPlainAndProxy },
  {
    name: "hotter keys, 256 connections",
    workload: "hotter keys",
    connections: 256,
    among: oursPlainAndProxy,
  },
  {
    name: "batches of 10 items.get",
    workload: "batches of 10 items.get",
    ...crowd,
    among: [...trpcServers, "bare proxy"],
    instead: { "bare proxy": "items.get" },
  },
  {
    name: `items.get, ${fixedRate} a second`,
    workload: "items.get",
    ...crowd,
    rate: fixedRate,
    // Of so few requests a p99 of one second would be that of its first ten.
    duration: 5,
    among: oursAndPlain,
  },
  { name: "items.get, 1 connection", workload: "items.get", connections: 1, among: everybody },
];

/** One burst against one server. */
interface Sample {
  readonly operationsPerSecond: number;
  /** Microseconds of the server's CPU time for one operation. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds that a connection waits for an answer, on average. */
  readonly latency: number;
  /** RU for one operation, where the backend counts them. */
  readonly charge: number | undefined;
}

/** Medians of a server's samples in a scenario. */
export interface Row extends Omit<Sample, "charge"> {
  readonly server: ContenderName;
  /** How far the rounds' operations a second lie apart, as a part of their median. */
  readonly spread: number;
  readonly charge?: number;
  /** The most memory that the server has had so far, in MB. */
  readonly peakMegabytes: number;
  /** Ours against this server, the median of the rounds: by throughput, CPU time, p99, latency and charge. */
  readonly ours: Readonly<Record<"throughput" | "cpu" | "p99" | "latency", number>> & {
    readonly charge?: number;
  };
}

/** What this bench finds out: rows by scenario, before each backend. */
export interface ItemsFigures {
  readonly rounds: number;
  readonly emulatorRounds: number;
  /** Seconds of each round. */
  readonly seconds: number;
  readonly constant: Readonly<Record<string, readonly Row[]>>;
  readonly emulator: Readonly<Record<string, readonly Row[]>>;
  readonly starts: readonly StartRow[];
}

type Contender = (typeof contenders)[number] & { readonly process: WatchedServer };

/**
 * The whole server beside peers, `items.get` and `items.upsert` in several mixtures, before a backend that costs almost
 * nothing and before the embedded Cosmos DB. In each round every server is loaded in turn; servers are on one core, load
 * and backend on the other.
 */
export async function measureItemsApi(): Promise<ItemsFigures> {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-trpc-bench-"));
  const emulator = await startEmulatorProcess(folder);
  const loader = startLoader();
  const certificates = join(folder, "certificates");
  const backend = await startConstantBackend(certificates);
  const ca = join(certificates, "ca.pem");
  const trust = { COSMOS_CA_FILE: ca, NODE_EXTRA_CA_CERTS: ca, LOG_LEVEL: "warn" };
  try {
    const constant = await compareOn({ ...backend.env, ...trust }, scenarios, rounds, loader, backend);
    const wanted = scenarios.filter(
      ({ rate, workload }) => rate === undefined && !workload.startsWith("hot"),
    );
    const embedded = await compareOn({ ...emulator.ready.env, ...trust }, wanted, emulatorRounds, loader);
    const starts = await measureStarts({ ...backend.env, ...trust }, quick ? 3 : 11);
    return { rounds, emulatorRounds, seconds, constant, emulator: embedded, starts };
  } finally {
    loader.stop();
    backend.stop();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareOn(
  env: Readonly<Record<string, string>>,
  wanted: readonly Scenario[],
  times: number,
  loader: Loader,
  backend?: ConstantBackend,
): Promise<Record<string, Row[]>> {
  const running: Contender[] = [];
  const tables: Record<string, Row[]> = {};
  try {
    for (const contender of contenders) {
      const process = await startWatched(cores.server, [contender.program], env);
      running.push({ ...contender, process });
    }
    await seed(running[0] as Contender);
    for (const contender of running) await ask(contender);
    for (const scenario of wanted) {
      const among = running.filter(({ name }) => scenario.among.includes(name));
      const samples = new Map<ContenderName, Sample[]>(among.map(({ name }) => [name, []]));
      // The round before the first warms up.
      for (let turn = -1; turn < times; turn += 1) {
        for (const contender of rotate(among, turn + 1)) {
          const sample = await measure(contender, scenario, loader, backend);
          if (turn >= 0) samples.get(contender.name)?.push(sample);
        }
      }
      const rows: Row[] = [];
      for (const { name, process } of among) {
        const { memory } = await process.usage();
        rows.push(summarize(name, samples.get(name) ?? [], samples.get("cosmos-trpc") ?? [], memory));
      }
      tables[scenario.name] = rows;
      console.log(
        `\n${scenario.name}, before ${backend === undefined ? "the emulator" : "a constant backend"}`,
      );
      console.table(rows.map(({ ours: _, ...row }) => row));
      console.table(rows.map(({ server, ours }) => ({ "ours against": server, ...roundAll(ours) })));
    }
    return tables;
  } finally {
    await Promise.all(running.map(({ process }) => process.stop()));
  }
}

const roundAll = (figures: Readonly<Record<string, number | undefined>>): object =>
  Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, round(figure ?? Number.NaN)]));

/** Writes every item through ours, several at once. */
async function seed({ process: { url } }: Contender): Promise<void> {
  let next = 0;
  const connection = async (): Promise<void> => {
    while (next < itemCount) {
      const { path, body = "", headers = {} } = upsert("trpc", next);
      next += 1;
      const response = await fetch(url + path, { method: "POST", body, headers });
      if (!response.ok) throw new Error(`Seeding failed: ${await response.text()}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, connection));
}

/** Asks for one item, so that the server is connected before it is loaded. */
async function ask({ name, process: { url }, protocol }: Contender): Promise<void> {
  const [request] = workloads["items.get"](protocol);
  const response = await fetch(url + request?.path);
  if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
}

async function measure(
  { name, process, protocol }: Contender,
  { workload: common, connections, rate, instead, duration = seconds }: Scenario,
  loader: Loader,
  backend: ConstantBackend | undefined,
): Promise<Sample> {
  const workload = instead?.[name] ?? common;
  const [before, chargedBefore] = [await process.usage(), await backend?.charged()];
  const burst = await loader.run({
    url: process.url,
    connections,
    duration,
    requests: workloads[workload](protocol),
    ...(rate === undefined ? {} : { overallRate: rate }),
  });
  const [after, chargedAfter] = [await process.usage(), await backend?.charged()];
  if (burst.failures > 0) throw new Error(`${name} was asked for ${workload}: ${JSON.stringify(burst)}`);
  const operationsEach = workload === "batches of 10 items.get" ? batchSize : 1;
  const operations = burst.requests * operationsEach;
  return {
    operationsPerSecond: operations / burst.seconds,
    cpu: (after.cpu - before.cpu) / operations,
    p50: burst.p50,
    p99: burst.p99,
    latency: (connections * burst.seconds * 1_000) / burst.requests,
    charge:
      chargedBefore === undefined || chargedAfter === undefined
        ? undefined
        : (chargedAfter - chargedBefore) / (burst.sent * operationsEach),
  };
}

function summarize(
  server: ContenderName,
  samples: readonly Sample[],
  ours: readonly Sample[],
  memory: number,
): Row {
  const of = (figure: (sample: Sample) => number): number => round(median(samples.map(figure)));
  // Ratios within a round: a machine that drifts, or is shared, weighs on both sides.
  const against = (figure: (sample: Sample) => number): number =>
    median(samples.map((sample, turn) => figure(ours[turn] ?? sample) / figure(sample)));
  const isCharged = samples.every(({ charge }) => charge !== undefined);
  const charge = (sample: Sample): number => sample.charge ?? Number.NaN;
  return {
    server,
    operationsPerSecond: Math.round(of(({ operationsPerSecond }) => operationsPerSecond)),
    spread: spread(samples.map(({ operationsPerSecond }) => operationsPerSecond)),
    cpu: of(({ cpu }) => cpu),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    latency: of(({ latency }) => latency),
    peakMegabytes: Math.round(memory / 2 ** 20),
    ...(isCharged ? { charge: of(charge) } : {}),
    ours: {
      throughput: against(({ operationsPerSecond }) => operationsPerSecond),
      cpu: against(({ cpu }) => cpu),
      p99: against(({ p99 }) => Math.max(1, p99)),
      latency: against(({ latency }) => latency),
      ...(isCharged ? { charge: against(charge) } : {}),
    },
  };
}
