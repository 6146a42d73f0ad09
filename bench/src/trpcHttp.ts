import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadRequest } from "./load/load.ts";
import { type Loader, startLoader } from "./load/loader.ts";
import { cores } from "./load/pinned.ts";
import { median, rotate, round, spread } from "./load/statistics.ts";
import { startWatched, type WatchedServer } from "./load/watchedServer.ts";
import { quick } from "./quick.ts";
import { bundleServer } from "./trivialProcedure/bundle.ts";

/** Every server is bundled; `modern` says whether with the `modern-syntax` plugin. */
const contenders = [
  { name: "trpc-http, modern syntax", server: "trpcHttp", modern: true },
  { name: "trpc-http", server: "trpcHttp", modern: false },
  { name: "tRPC standalone", server: "standalone", modern: false },
  { name: "tRPC standalone, modern syntax", server: "standalone", modern: true },
  { name: "tRPC fetch on @hono/node-server", server: "hono", modern: false },
  { name: "tRPC fetch on @hono/node-server, modern syntax", server: "hono", modern: true },
  { name: "oRPC node handler", server: "orpc", modern: false },
  { name: "node:http alone", server: "bare", modern: false },
];

const json = { "content-type": "application/json" };
const trpcInput = JSON.stringify({ name: "World" });
const orpcInput = JSON.stringify({ json: { name: "World" } });

/** The same call in each protocol's own words. */
const workloads: Readonly<Record<string, (server: string) => LoadRequest>> = {
  "query by GET": (server: string) =>
    server === "orpc"
      ? { method: "GET", path: `/greet?data=${encodeURIComponent(orpcInput)}` }
      : { method: "GET", path: `/greet?input=${encodeURIComponent(trpcInput)}` },
  "mutation by POST": (server: string) => ({
    path: "/save",
    method: "POST",
    headers: json,
    body: server === "orpc" ? orpcInput : trpcInput,
  }),
};

const targets = [
  { peer: "tRPC standalone", atLeast: 5 },
  { peer: "tRPC fetch on @hono/node-server", atLeast: 1.8 },
  { peer: "oRPC node handler", atLeast: 1 },
];

const rounds = quick ? 2 : 7;
const seconds = 1;
const connections = 64;

/** One burst against one server. */
interface Sample {
  readonly perSecond: number;
  /** Microseconds of the server's CPU time for one request. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
}

/** How many times a peer's throughput ours is, and what was to be reached. */
interface Ratio {
  readonly peer: string;
  readonly atLeast: number;
  readonly byRequestsPerSecond: number;
  readonly byCpuTime: number;
}

/** What this bench finds out: ratios and medians by workload. */
export interface TrpcHttpFigures {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly ratios: Readonly<Record<string, readonly Ratio[]>>;
  readonly results: Readonly<Record<string, object>>;
}

interface Contender {
  readonly name: string;
  readonly server: string;
  readonly process: WatchedServer;
}

/**
 * A trivial procedure on trpc-http beside its peers: in one run, in turn, each server on the same core, the load on
 * another.
 */
export async function measureTrpcHttp(): Promise<TrpcHttpFigures> {
  const directory = await mkdtemp(join(tmpdir(), "trpc-http-bench-"));
  const loader = startLoader();
  const running: Contender[] = [];
  try {
    for (const { name, server, modern } of contenders) {
      const file = await bundleServer({ server, modern, directory });
      running.push({ name, server, process: await startWatched(cores.server, [file]) });
    }
    const ratios: Record<string, Ratio[]> = {};
    const results: Record<string, object> = {};
    for (const [workload, request] of Object.entries(workloads)) {
      const samples = await compareIn(request, running, loader);
      const table: Record<string, object> = {};
      for (const { name, process } of running) {
        table[name] = { ...summarize(samples.get(name) ?? []), memory: (await process.usage()).memory };
      }
      results[workload] = table;
      console.log(`\n${workload}: ${connections} connections, ${rounds} rounds of ${seconds} s, medians`);
      console.table(table);
      ratios[workload] = targets.map(({ peer, atLeast }) => ({
        peer,
        atLeast,
        ...compare(samples.get(contenders[0]?.name ?? "") ?? [], samples.get(peer) ?? []),
      }));
      console.table(ratios[workload]);
    }
    return { rounds, seconds, connections, ratios, results };
  } finally {
    loader.stop();
    await Promise.all(running.map(({ process }) => process.stop()));
    await rm(directory, { recursive: true });
  }
}

async function compareIn(
  request: (server: string) => LoadRequest,
  running: readonly Contender[],
  loader: Loader,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(running.map(({ name }) => [name, []]));
  // The round before the first warms up.
  for (let turn = -1; turn < rounds; turn += 1) {
    for (const contender of rotate(running, turn + 1)) {
      const sample = await measure(contender, request(contender.server), loader);
      if (turn >= 0) samples.get(contender.name)?.push(sample);
    }
  }
  return samples;
}

async function measure({ process, name }: Contender, request: LoadRequest, loader: Loader): Promise<Sample> {
  const before = await process.usage();
  const burst = await loader.run({ url: process.url, connections, duration: seconds, requests: [request] });
  const after = await process.usage();
  if (burst.failures > 0 || burst.requests === 0) throw new Error(`${name}: ${JSON.stringify(burst)}`);
  return {
    perSecond: burst.requests / burst.seconds,
    cpu: (after.cpu - before.cpu) / burst.requests,
    p50: burst.p50,
    p99: burst.p99,
  };
}

function summarize(samples: readonly Sample[]): Sample & { readonly spread: number } {
  const rates = samples.map(({ perSecond }) => perSecond);
  return {
    perSecond: Math.round(median(rates)),
    spread: spread(rates),
    cpu: round(median(samples.map(({ cpu }) => cpu))),
    p50: median(samples.map(({ p50 }) => p50)),
    p99: median(samples.map(({ p99 }) => p99)),
  };
}

/**
 * How many times a peer's throughput ours is. Both are ratios within a round, so that a machine that drifts, or is
 * shared, weighs on both sides; the one by CPU time is what an otherwise idle core would show.
 */
function compare(
  own: readonly Sample[],
  peer: readonly Sample[],
): Pick<Ratio, "byRequestsPerSecond" | "byCpuTime"> {
  const ratio = (of: (own: Sample, peer: Sample) => number): number =>
    median(own.map((sample, turn) => of(sample, peer[turn] ?? sample)));
  return {
    byRequestsPerSecond: ratio((one, other) => one.perSecond / other.perSecond),
    byCpuTime: ratio((one, other) => other.cpu / one.cpu),
  };
}
