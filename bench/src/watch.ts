import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmulatorProcess, startServerProcess } from "@cosmos-trpc/scripts/processes";
import { countChangeReads } from "./watch/changeReads.ts";
import { type Subscriber, subscribe } from "./watch/subscriber.ts";

/** Watchers at once. */
const crowd = 1_000;

/** Writes that are timed, one after the other. */
const writes = 200;

/** Seconds in which the feed's reads are counted: while nothing is written, and while something is all the time. */
const seconds = 10;

/** Writes a second while the feed's reads are counted under load. */
const writeRate = 10;

interface Row {
  readonly subscribers: number;
  readonly idleReadsPerSecond: number;
  readonly busyReadsPerSecond: number;
  readonly lastReceiptP50Ms: number;
  readonly lastReceiptP99Ms: number;
  readonly serverMemoryMB: number;
}

/** What this bench finds out. */
export interface WatchFigures {
  /** Of the server before anybody watches. */
  readonly memoryAloneMB: number;
  readonly writes: number;
  readonly writeRate: number;
  readonly rows: readonly Row[];
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;

async function write(url: string, id: string): Promise<void> {
  const response = await fetch(`${url}/trpc/items.upsert`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id, name: "watched" }),
  });
  if (!response.ok) throw new Error(`A write failed: ${await response.text()}`);
  await response.arrayBuffer();
}

const memoryOf = (pid: number | undefined): number =>
  Math.round(Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1_024);

/**
 * Live changes to 1 and to 1,000 subscribers over loopback: the time from a write to the last one's receipt, the
 * server's memory, and how often the change feed is read. Emulator, server and subscribers each are a process.
 */
export async function measureWatch(): Promise<WatchFigures> {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-trpc-bench-"));
  const emulator = await startEmulatorProcess(folder);
  const server = await startServerProcess(emulator.ready.env);
  const url = server.ready;
  const subscribers: Subscriber[] = [];
  try {
    await write(url, "first");
    const memoryAlone = memoryOf(server.process.pid);
    const reads = await countChangeReads(emulator.ready.env);
    const readsPerSecond = async (work: () => Promise<unknown>): Promise<number> => {
      const [before, start] = [await reads(), performance.now()];
      await work();
      const elapsed = (performance.now() - start) / 1_000;
      return Math.round(((await reads()) - before) / elapsed / 0.1) / 10;
    };
    let written = 0;
    const writeSteadily = async (): Promise<void> => {
      for (let turn = 0; turn < seconds * writeRate; turn += 1) {
        written += 1;
        await Promise.all([write(url, `steady-${written}`), delay(1_000 / writeRate)]);
      }
    };

    const rows: Row[] = [];
    for (const count of [1, crowd]) {
      while (subscribers.length < count) subscribers.push(await subscribe(url));
      const idle = await readsPerSecond(() => delay(seconds * 1_000));
      const busy = await readsPerSecond(writeSteadily);
      const times: number[] = [];
      for (let turn = 0; turn < writes; turn += 1) {
        const id = `timed-${count}-${turn}`;
        const seen = Promise.all(subscribers.map((subscriber) => subscriber.seen(id)));
        const start = performance.now();
        await write(url, id);
        await seen;
        times.push(performance.now() - start);
      }
      times.sort((one, other) => one - other);
      rows.push({
        subscribers: count,
        idleReadsPerSecond: idle,
        busyReadsPerSecond: busy,
        lastReceiptP50Ms: at(times, 0.5),
        lastReceiptP99Ms: at(times, 0.99),
        serverMemoryMB: memoryOf(server.process.pid),
      });
    }
    console.table(rows);
    return { memoryAloneMB: memoryAlone, writes, writeRate, rows };
  } finally {
    for (const subscriber of subscribers) subscriber.close();
    await server.stop();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
