import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programs, startEmulatorProcess, startServerProcess } from "@cosmos-trpc/scripts/processes";
import type { WholeUsage } from "./import/tellUsage.ts";
import { median, rotate } from "./load/statistics.ts";
import { quick } from "./quick.ts";

/** Items of 1 KB, and rounds in which each way has its turn. */
const itemCount = quick ? 10_000 : 100_000;
const rounds = quick ? 1 : 2;

/** Items on their way at once: few, and what the CLI does by itself. */
const concurrencies = [100, 400];

const folder = join(import.meta.dirname, "import");

interface Run extends WholeUsage {
  readonly seconds: number;
}

/** A line of the result: the medians of the rounds. */
interface Row {
  readonly way: string;
  readonly concurrency: number;
  readonly itemsPerSecond: number;
  readonly cpuMicroseconds: number;
  readonly peakMegabytes: number;
}

/** What this bench finds out. */
export interface ImportFigures {
  readonly items: number;
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** How many times the rate of the loop of upserts the import's is, the median of the rounds, by concurrency. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** Runs a program to its end. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  usageFile: string,
): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", join(folder, "tellUsage.ts"), ...args], {
    env: { ...process.env, ...env, USAGE_FILE: usageFile },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}.`);
  const seconds = (performance.now() - started) / 1_000;
  return { seconds, ...(JSON.parse(readFileSync(usageFile, "utf8")) as WholeUsage) };
}

/**
 * `items import` of 100,000 items of 1 KB, from a file to the emulator's disk, beside a loop of the SDK's upserts with as
 * many at once: the rate, and each program's own CPU time for an item and peak of memory. Each has its turn in each
 * round; ratios are made within a round.
 */
export async function measureImport(): Promise<ImportFigures> {
  const place = mkdtempSync(join(tmpdir(), "import-bench-"));
  const file = join(place, "items.ndjson");
  const usageFile = join(place, "usage.json");
  const text = "x".repeat(950);
  writeFileSync(
    file,
    Array.from(
      { length: itemCount },
      (_, n) => `${JSON.stringify({ id: `item-${n}`, pk: `item-${n}`, name: `${n}`, data: { text } })}\n`,
    ).join(""),
  );
  const emulator = await startEmulatorProcess(join(place, "data"));
  const server = await startServerProcess(emulator.ready.env);
  try {
    const rows: Row[] = [];
    const ratios: Record<string, number> = {};
    for (const concurrency of concurrencies) {
      const ways: Readonly<Record<string, () => Promise<Run>>> = {
        "items import": () =>
          run(
            [programs.cli, "items", "import", file, "--concurrency", String(concurrency)],
            { COSMOS_TRPC_URL: server.ready },
            usageFile,
          ),
        "SDK upserts": () =>
          run(
            [join(folder, "sdkLoop.ts"), file, String(concurrency)],
            { ...emulator.ready.env, NODE_EXTRA_CA_CERTS: emulator.ready.env["COSMOS_CA_FILE"] ?? "" },
            usageFile,
          ),
      };
      const runs: Record<string, Run>[] = [];
      for (let turn = 0; turn < rounds; turn += 1) {
        const results: Record<string, Run> = {};
        for (const [way, measure] of rotate(Object.entries(ways), turn)) results[way] = await measure();
        runs.push(results);
      }
      for (const way of Object.keys(ways)) {
        const of = (value: (one: Run) => number): number =>
          Math.round(median(runs.flatMap(({ [way]: one }) => (one === undefined ? [] : [value(one)]))));
        rows.push({
          way,
          concurrency,
          itemsPerSecond: of(({ seconds }) => itemCount / seconds),
          cpuMicroseconds: of(({ cpu }) => cpu / itemCount),
          peakMegabytes: of(({ memory }) => memory / 1e6),
        });
      }
      ratios[concurrency] = median(
        runs.map((one) => (one["SDK upserts"]?.seconds ?? 0) / (one["items import"]?.seconds ?? 1)),
      );
    }
    console.table(rows);
    console.table(ratios);
    return { items: itemCount, rounds, rows, ratios };
  } finally {
    await server.stop();
    await emulator.stop();
    rmSync(place, { recursive: true, force: true });
  }
}
