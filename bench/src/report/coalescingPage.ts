import type { CoalescingFigures } from "../coalescing.ts";
import { table, writeSections } from "./markdown.ts";
import { readResult, runList } from "./runs.ts";

/** Writes the figures of docs/coalescing.md anew. */
export function writeCoalescingPage(): void {
  const figures = readResult<CoalescingFigures>("coalescing");
  if (figures === undefined) return;
  writeSections("coalescing.md", {
    runs: runList({ coalescing: figures }),
    ways: Object.entries(figures.tables)
      .map(([name, rows]) => {
        const cells = rows.map(({ way, cpu, perSecond, p50Ms, p99Ms }) => [
          way,
          cpu,
          perSecond,
          p50Ms,
          p99Ms,
        ]);
        return `**${name}**\n\n${table(["", "CPU µs", "operations/s", "p50 ms", "p99 ms"], cells)}`;
      })
      .join("\n\n"),
  });
}
