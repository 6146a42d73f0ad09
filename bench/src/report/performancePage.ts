import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";
import type { ImportFigures } from "../importItems.ts";
import type { ItemsFigures, Row } from "../itemsApi.ts";
import type { ListFigures } from "../list.ts";
import type { TrpcHttpFigures } from "../trpcHttp.ts";
import type { WatchFigures } from "../watch.ts";
import { importTargets, listTargets } from "./applicationTargets.ts";
import { table, targetTable, writeSections } from "./markdown.ts";
import { itemsTargets, trpcHttpTargets } from "./performanceTargets.ts";
import { readResult, runList } from "./runs.ts";
import { drawThroughput } from "./throughputChart.ts";

/** Writes the tables of docs/performance.md and its chart anew. */
export async function writePerformancePage(): Promise<void> {
  const items = readResult<ItemsFigures>("items");
  const trpcHttp = readResult<TrpcHttpFigures>("trpc-http");
  const list = readResult<ListFigures>("list");
  const imported = readResult<ImportFigures>("import");
  const watch = readResult<WatchFigures>("watch");
  const targets = [
    ...(trpcHttp === undefined ? [] : trpcHttpTargets(trpcHttp)),
    ...(items === undefined ? [] : itemsTargets(items)),
    ...(list === undefined ? [] : listTargets(list)),
    ...(imported === undefined ? [] : importTargets(imported)),
  ];
  writeSections("performance.md", {
    targets: targetTable(targets),
    runs: runList({ "trpc-http": trpcHttp, items, list, import: imported, watch }),
    ...(list && { list: listTable(list) }),
    ...(imported && { import: importTable(imported) }),
    ...(watch && { watch: watchTable(watch) }),
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
      `${ours.throughput.toFixed(2)} ×`,
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
      `${againstUnbundled.toFixed(2)} ×`,
    ]),
  );

const listTable = ({ rows }: ListFigures): string =>
  table(
    ["page", "the SDK's call, µs", "list, µs", "ratio"],
    rows.map(({ page, sdk, list, ratio }) => [page, sdk, list, `${ratio.toFixed(2)} ×`]),
  );

const importTable = ({ rows }: ImportFigures): string =>
  table(
    ["way", "at once", "items/s", "CPU of the program, µs an item", "its peak MB"],
    rows.map((row) => [row.way, row.concurrency, row.itemsPerSecond, row.cpuMicroseconds, row.peakMegabytes]),
  );

const watchTable = ({ rows }: WatchFigures): string =>
  table(
    [
      "subscribers",
      "feed reads/s, idle",
      "feed reads/s, 10 writes/s",
      "last receipt p50 ms",
      "p99 ms",
      "server MB",
    ],
    rows.map((row) => [
      row.subscribers.toLocaleString("en"),
      row.idleReadsPerSecond,
      row.busyReadsPerSecond,
      row.lastReceiptP50Ms,
      row.lastReceiptP99Ms,
      row.serverMemoryMB,
    ]),
  );
