import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";
import type { ItemsFigures, Row } from "./itemsApi.ts";
import { drawThroughput } from "./report/chart.ts";
import { itemsTargets, type Target, trpcHttpTargets } from "./report/targets.ts";
import type { TrpcHttpFigures } from "./trpcHttp.ts";

const page = join(root, "docs/performance.md");
const chart = join(root, "docs/performance.svg");

/** What `main.ts` writes beside every bench's figures. */
interface Run {
  /** Absent from results of before this page. */
  readonly at?: string;
  readonly machine: {
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly loadAverage?: { readonly before: readonly number[]; readonly after: readonly number[] };
  };
}

/** Writes the tables of docs/performance.md and its chart anew, from bench/results. */
export async function writeReport(): Promise<void> {
  const items = readResult<ItemsFigures>("items");
  const trpcHttp = readResult<TrpcHttpFigures>("trpc-http");
  const targets = [
    ...(trpcHttp === undefined ? [] : trpcHttpTargets(trpcHttp)),
    ...(items === undefined ? [] : itemsTargets(items)),
  ];
  let text = readFileSync(page, "utf8");
  text = replaceSection(text, "targets", targetTable(targets));
  text = replaceSection(text, "runs", runList({ "trpc-http": trpcHttp, items }));
  if (items !== undefined) {
    text = replaceSection(text, "constant", operationTables(items.constant));
    text = replaceSection(text, "emulator", operationTables(items.emulator));
    text = replaceSection(text, "starts", startTable(items));
    writeFileSync(chart, await drawThroughput(items));
  }
  writeFileSync(page, text);
}

function readResult<Figures>(name: string): (Figures & Run) | undefined {
  const file = join(root, "bench/results", `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Figures & Run) : undefined;
}

/** Replaces what lies between a section's two comments. */
function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: written by pnpm bench -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/performance.md has no section "${begin}" … "${end}".`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

const targetTable = (targets: readonly Target[]): string =>
  table(
    ["workload", "target", "measured", "by CPU time", "reached"],
    targets.map(({ workload, target, measured, byCpu, isReached }) => [
      workload,
      target,
      `${measured} ×`,
      byCpu === undefined ? "" : `${byCpu} ×`,
      isReached ? "yes" : "no",
    ]),
  );

const runList = (runs: Readonly<Record<string, Run | undefined>>): string =>
  Object.entries(runs)
    .flatMap(([name, run]) => {
      if (run === undefined) return [];
      const { node, cpu, cores, loadAverage } = run.machine;
      const load =
        loadAverage === undefined
          ? ""
          : `, load average ${loadAverage.before[0]?.toFixed(2)} before and ${loadAverage.after[0]?.toFixed(2)} after`;
      return [
        `- \`${name}\`: ${run.at === undefined ? "" : `${run.at.slice(0, 10)}, `}Node ${node}, ${cores} cores of ${cpu}${load}.`,
      ];
    })
    .join("\n");

const operationTables = (scenarios: Readonly<Record<string, readonly Row[]>>): string =>
  Object.entries(scenarios)
    .map(([name, rows]) => `**${name}**\n\n${operationTable(rows)}`)
    .join("\n\n");

const operationTable = (rows: readonly Row[]): string =>
  table(
    ["server", "operations/s", "spread", "CPU µs", "p50 ms", "p99 ms", "peak MB", "RU", "ours to it"],
    rows.map(({ server, operationsPerSecond, spread, cpu, p50, p99, peakMegabytes, charge, ours }) => [
      server,
      operationsPerSecond,
      `${Math.round(spread * 100)} %`,
      Math.round(cpu),
      p50,
      p99,
      peakMegabytes,
      charge ?? "",
      `${ours.throughput} ×`,
    ]),
  );

const startTable = ({ starts }: ItemsFigures): string =>
  table(
    ["server", "first 200 on /healthz, ms", "first items.get, ms", "spread", "first 200 to the unbundled"],
    starts.map(({ way, firstHealth, firstItem, spread, againstUnbundled }) => [
      way,
      firstHealth,
      firstItem,
      `${Math.round(spread * 100)} %`,
      `${againstUnbundled} ×`,
    ]),
  );
