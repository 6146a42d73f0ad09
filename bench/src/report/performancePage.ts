import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";
import type { ItemsFigures, Row } from "../itemsApi.ts";
import type { TrpcHttpFigures } from "../trpcHttp.ts";
import { table, targetTable, writeSections } from "./markdown.ts";
import { itemsTargets, trpcHttpTargets } from "./performanceTargets.ts";
import { readResult, runList } from "./runs.ts";
import { drawThroughput } from "./throughputChart.ts";

/** Writes the tables of docs/performance.md and its chart anew. */
export async function writePerformancePage(): Promise<void> {
  const items = readResult<ItemsFigures>("items");
  const trpcHttp = readResult<TrpcHttpFigures>("trpc-http");
  const targets = [
    ...(trpcHttp === undefined ? [] : trpcHttpTargets(trpcHttp)),
    ...(items === undefined ? [] : itemsTargets(items)),
  ];
  writeSections("performance.md", {
    targets: targetTable(targets),
    runs: runList({ "trpc-http": trpcHttp, items }),
    ...(items && {
      constant: operationTables(items.constant),
      emulator: operationTables(items.emulator),
      starts: startTable(items),
    }),
  });
  if (items !== undefined) {
    writeFileSync(join(root, "docs/performance.svg"), await drawThroughput(items));
  }
}

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
