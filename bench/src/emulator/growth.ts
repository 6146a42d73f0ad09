import { startEmulatorProcess } from "@cosmos-trpc/scripts/processes";
import { round } from "../load/statistics.ts";
import { medianOf, residentMegabytes, send } from "../wire.ts";
import { selectiveFilter, topByRank, topOfFilter } from "./requests.ts";
import { fillFolder, ourTarget } from "./servers.ts";

/** How the cost of our own queries grows. */
const growth = [1_000, 10_000, 100_000, 1_000_000] as const;

export interface GrowthRow {
  readonly documents: number;
  readonly startMs: number;
  readonly residentMb: number | undefined;
  readonly filterMs: number;
  /** `filterMs` as a multiple of what it is with the fewest documents. */
  readonly filterGrowth: number;
  readonly topMs: number;
  readonly topOfFilterMs: number;
  readonly residentAfterMb: number | undefined;
  readonly fillSeconds: number;
}

/** Start, memory and queries as the container grows. */
export async function measureGrowth(folder: string): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = [];
  let filled = 0;
  for (const documents of growth) {
    const filling = performance.now();
    await fillFolder(folder, filled, documents);
    const fillSeconds = round((performance.now() - filling) / 1_000);
    filled = documents;
    const started = performance.now();
    const emulator = await startEmulatorProcess(folder);
    const target = await ourTarget(emulator);
    await send(target, { method: "GET", path: "/" });
    const startMs = Math.round(performance.now() - started);
    try {
      const residentMb = residentMegabytes(target.pid);
      let turn = 0;
      const filter = (): Promise<string> => {
        turn += 1;
        return send(target, selectiveFilter(turn, documents));
      };
      await medianOf(100, filter);
      const filterMs = round(await medianOf(300, filter));
      rows.push({
        documents,
        startMs,
        residentMb,
        filterMs,
        filterGrowth: round(filterMs / (rows[0]?.filterMs ?? filterMs)),
        topMs: round(await medianOf(30, () => send(target, topByRank))),
        topOfFilterMs: round(await medianOf(10, () => send(target, topOfFilter))),
        residentAfterMb: residentMegabytes(target.pid),
        fillSeconds,
      });
    } finally {
      await emulator.stop();
    }
  }
  return rows;
}
