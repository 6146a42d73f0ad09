import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";
import type { EmulatorFigures } from "../emulator.ts";
import { drawGrowth } from "./growthChart.ts";
import { table, targetTable, writeSections } from "./markdown.ts";
import { readResult, runList } from "./runs.ts";
import { atLeast, atMost, type Target, within } from "./target.ts";

/** Writes the figures of docs/emulator.md and its chart anew. */
export async function writeEmulatorPage(): Promise<void> {
  const figures = readResult<EmulatorFigures>("emulator");
  if (figures === undefined) return;
  writeSections("emulator.md", {
    targets: targetTable(targetsOf(figures)),
    runs: runList({ emulator: figures }),
    points: pointTable(figures),
    queries: queryTable(figures),
    growth: growthTable(figures),
  });
  writeFileSync(join(root, "docs/emulator-growth.svg"), await drawGrowth(figures));
}

function targetsOf({ emptyStartMs, points, queries, growth }: EmulatorFigures): Target[] {
  const cells = [...new Map(points.map((row) => [`${row.operation} ${row.connections}`, row])).values()];
  const peers = ["peer, as its command runs it", "peer, kept alive"] as const;
  const largest = growth.at(-1);
  if (largest === undefined) throw new Error("There are no figures of growth.");
  return [
    ...peers.flatMap((peer) =>
      cells.map(({ operation, connections }) => {
        const of = (
          server: string,
        ): { requestsPerSecond: number; serverMicroseconds?: number | undefined } => {
          const found = points.find(
            (row) => row.operation === operation && row.connections === connections && row.server === server,
          );
          if (found === undefined) throw new Error(`There is no figure of ${server} for ${operation}.`);
          return found;
        };
        const [ours, theirs] = [of("ours"), of(peer)];
        return atLeast(
          3,
          `${operation}s, ${connections} connection${connections === 1 ? "" : "s"}, against the ${peer}`,
          ours.requestsPerSecond / theirs.requestsPerSecond,
          (theirs.serverMicroseconds ?? Number.NaN) / (ours.serverMicroseconds ?? Number.NaN),
        );
      }),
    ),
    ...queries.map(({ query, ratio }) => atLeast(20, `${query}, 100,000 documents, against the peer`, ratio)),
    atMost(3, "a selective filter on 1,000,000 documents, against 1,000", largest.filterGrowth),
    within(1_000, "ms", "start with 1,000,000 documents", largest.startMs),
    within(300, "MB", "resident memory after that start", largest.residentMb ?? Number.NaN),
    within(200, "ms", "empty start to the first answer", emptyStartMs),
  ];
}

const pointTable = ({ points }: EmulatorFigures): string =>
  table(
    ["operation", "connections", "server", "requests/s", "CPU µs", "p50 ms", "p99 ms"],
    points.map((row) => [
      row.operation,
      row.connections,
      row.server,
      row.requestsPerSecond,
      row.serverMicroseconds ?? "",
      row.p50Ms,
      row.p99Ms,
    ]),
  );

const queryTable = ({ queries }: EmulatorFigures): string =>
  table(
    ["query, 100,000 documents", "ours, ms", "peer, ms", "ratio"],
    queries.map(({ query, oursMs, peerMs, ratio }) => [query, oursMs, Math.round(peerMs), Math.round(ratio)]),
  );

const growthTable = ({ growth }: EmulatorFigures): string =>
  table(
    [
      "documents",
      "start, ms",
      "resident, MB",
      "selective filter, ms",
      "ORDER BY TOP 20, ms",
      "filter and ORDER BY TOP 20, ms",
      "resident after the queries, MB",
    ],
    growth.map((row) => [
      row.documents.toLocaleString("en"),
      row.startMs,
      row.residentMb ?? "",
      row.filterMs,
      row.topMs,
      row.topOfFilterMs,
      row.residentAfterMb ?? "",
    ]),
  );
