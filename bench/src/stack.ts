import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulatorProcess, startServerProcess } from "@cosmos-trpc/scripts/processes";
import autocannon from "autocannon";
import { get, itemCount, upsert } from "./itemsApi/workloads.ts";
import type { LoadRequest } from "./load/load.ts";

/** Seconds that each workload is measured for, after its warm-up. */
const seconds = { warmUp: 2, measured: 5 } as const;

interface Row {
  readonly operation: string;
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
}

/** A request for an item of those that reads and writes go round; `turn` counts them. */
type MakeRequest = (turn: number) => LoadRequest;

const read: MakeRequest = (turn) => get("trpc", turn % itemCount);
const write: MakeRequest = (turn) => upsert("trpc", turn % itemCount);

async function seed(url: string, turn: number): Promise<void> {
  const { path, body, ...request } = write(turn);
  const response = await fetch(url + path, { ...request, body: body ?? null });
  if (!response.ok) throw new Error(`Seeding failed: ${await response.text()}`);
}

async function load(
  url: string,
  make: MakeRequest,
  connections: number,
  duration: number,
): Promise<autocannon.Result> {
  let turn = 0;
  return autocannon({
    url,
    connections,
    duration,
    requests: [
      {
        setupRequest(request) {
          turn += 1;
          return { ...request, ...make(turn) };
        },
      },
    ],
  });
}

async function measure(url: string, operation: string, make: MakeRequest, connections: number): Promise<Row> {
  await load(url, make, connections, seconds.warmUp);
  const result = await load(url, make, connections, seconds.measured);
  return {
    operation,
    connections,
    requestsPerSecond: Math.round(result.requests.average),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors,
  };
}

/** Calls until a request is answered with 200, and says how long that took since `started`. */
async function untilAnswered(url: string, started: number): Promise<number> {
  for (;;) {
    const status = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return Math.round(performance.now() - started);
  }
}

/**
 * The whole stack, HTTP to disk: `items.get` and `items.upsert` at 1 and 64 connections, the emulator's start and the
 * server's time to its first answers. Emulator, server and load each are a process of their own.
 */
export async function measureStack(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-trpc-bench-"));
  const startedEmulator = performance.now();
  const emulator = await startEmulatorProcess(folder);
  const emulatorStart = Math.round(performance.now() - startedEmulator);
  const startedServer = performance.now();
  const server = await startServerProcess(emulator.ready.env);
  try {
    const url = server.ready;
    const firstHealth = await untilAnswered(`${url}/healthz`, startedServer);
    await seed(url, 1);
    const firstItem = await untilAnswered(`${url}${read(1).path}`, startedServer);
    await Promise.all(Array.from({ length: itemCount }, (_, turn) => seed(url, turn)));

    const rows: Row[] = [];
    for (const connections of [1, 64]) {
      rows.push(await measure(url, "items.upsert", write, connections));
      rows.push(await measure(url, "items.get", read, connections));
    }
    const starts = {
      emulatorStartMs: emulatorStart,
      serverFirstHealthMs: firstHealth,
      serverFirstItemMs: firstItem,
    };
    console.table(rows);
    console.table(starts);
    return { starts, rows };
  } finally {
    await server.stop();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
