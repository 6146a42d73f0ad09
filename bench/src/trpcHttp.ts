import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleServer } from "./trivialProcedure/bundle.ts";
import type { Report } from "./trivialProcedure/listen.ts";
import type { Burst, Load } from "./trivialProcedure/load.ts";
import { nextMessage, startPinned } from "./trivialProcedure/pinned.ts";

/**
 * A trivial procedure on trpc-http beside its peers: in one run, in turn, each server on the same core, the load on
 * another. Every server is bundled; `modern` says whether with the `modern-syntax` plugin.
 *
 *     node bench/src/trpcHttp.ts [rounds] [seconds]
 */
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
const workloads = {
  "query by GET": (server: string) =>
    server === "orpc"
      ? { path: `/greet?data=${encodeURIComponent(orpcInput)}` }
      : { path: `/greet?input=${encodeURIComponent(trpcInput)}` },
  "mutation by POST": (server: string) => ({
    path: "/save",
    method: "POST" as const,
    headers: json,
    body: server === "orpc" ? orpcInput : trpcInput,
  }),
};

const targets = [
  { peer: "tRPC standalone", atLeast: 5 },
  { peer: "tRPC fetch on @hono/node-server", atLeast: 1.8 },
  { peer: "oRPC node handler", atLeast: 1 },
];

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 2);
const loader = fileURLToPath(new URL("trivialProcedure/load.ts", import.meta.url));

/** One burst against one server. */
interface Sample {
  readonly perSecond: number;
  /** Microseconds of the server's CPU time for one request. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
}

const directory = await mkdtemp(join(tmpdir(), "trpc-http-bench-"));
try {
  const running = await Promise.all(
    contenders.map(async ({ name, server, modern }) => {
      const child = startPinned(0, await bundleServer({ server, modern, directory }));
      const { port } = await nextMessage<Report & { readonly port: number }>(child);
      return { name, server, child, port };
    }),
  );
  const ratios: Record<string, object[]> = {};
  const results: Record<
    string,
    Record<string, Sample & { readonly memory: number; readonly spread: number }>
  > = {};
  for (const [workload, request] of Object.entries(workloads)) {
    const samples = new Map<string, Sample[]>(running.map(({ name }) => [name, []]));
    for (let round = -1; round < rounds; round += 1) {
      // Each round starts with another server, so that none always follows the same one.
      const turn = running.map((_, index) => running[(index + round + running.length) % running.length]);
      for (const contender of turn) {
        if (!contender) continue;
        const { path, ...rest } = { ...request(contender.server) };
        const url = `http://127.0.0.1:${contender.port}${path}`;
        const sample = await measure(contender, { url, connections: 64, duration: seconds, ...rest });
        // The first round warms up.
        if (round >= 0) samples.get(contender.name)?.push(sample);
      }
    }
    results[workload] = Object.fromEntries(
      await Promise.all(
        running.map(async ({ name, child }) => [
          name,
          { ...summarize(samples.get(name) ?? []), memory: (await usage(child)).memory },
        ]),
      ),
    );
    console.log(`\n${workload}: 64 connections, ${rounds} rounds of ${seconds} s, medians`);
    console.table(results[workload]);
    ratios[workload] = targets.map(({ peer, atLeast }) => ({
      peer,
      atLeast,
      ...compare(samples.get(contenders[0]?.name ?? "") ?? [], samples.get(peer) ?? []),
    }));
    console.table(ratios[workload]);
  }
  for (const { child } of running) child.disconnect();
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  await writeFile(
    new URL("../results/trpc-http.json", import.meta.url),
    `${JSON.stringify({ machine, rounds, seconds, connections: 64, ratios, results }, null, 2)}\n`,
  );
} finally {
  await rm(directory, { recursive: true });
}

async function measure(
  { child, name }: { readonly child: ReturnType<typeof startPinned>; readonly name: string },
  load: Load,
): Promise<Sample> {
  const before = await usage(child);
  const burst = await nextMessage<Burst>(startPinned(1, loader, JSON.stringify(load)));
  const after = await usage(child);
  if (burst.failures > 0 || burst.requests === 0) throw new Error(`${name}: ${JSON.stringify(burst)}`);
  return {
    perSecond: burst.requests / burst.seconds,
    cpu: (after.cpu - before.cpu) / burst.requests,
    p50: burst.p50,
    p99: burst.p99,
  };
}

async function usage(child: ReturnType<typeof startPinned>) {
  const answer = nextMessage<{ readonly cpu: number; readonly memory: number }>(child);
  child.send("usage");
  return await answer;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) /
    2
  );
}

function summarize(samples: readonly Sample[]): Sample & { readonly spread: number } {
  const rates = samples.map(({ perSecond }) => perSecond);
  const perSecond = median(rates);
  return {
    perSecond: Math.round(perSecond),
    spread: round2((Math.max(...rates) - Math.min(...rates)) / perSecond),
    cpu: round2(median(samples.map(({ cpu }) => cpu))),
    p50: median(samples.map(({ p50 }) => p50)),
    p99: median(samples.map(({ p99 }) => p99)),
  };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

/**
 * How many times a peer's throughput ours is. Both are ratios within a round, so that a machine that drifts, or is
 * shared, weighs on both sides; the one by CPU time is what an otherwise idle core would show.
 */
function compare(own: readonly Sample[], peer: readonly Sample[]) {
  const ratio = (of: (own: Sample, peer: Sample) => number) =>
    round2(median(own.map((sample, round) => of(sample, peer[round] ?? sample))));
  return {
    byRequestsPerSecond: ratio((one, other) => one.perSecond / other.perSecond),
    byCpuTime: ratio((one, other) => other.cpu / one.cpu),
  };
}
