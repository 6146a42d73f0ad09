import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@cosmos-trpc/scripts/processes";

/** What `main.ts` writes beside every bench's figures. */
export interface Run {
  /** Absent from results of before this page. */
  readonly at?: string;
  readonly machine: {
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly loadAverage?: { readonly before: readonly number[]; readonly after: readonly number[] };
  };
}

/** The kept result of a bench; `undefined` when it was never run. */
export function readResult<Figures>(name: string): (Figures & Run) | undefined {
  const file = join(root, "bench/results", `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Figures & Run) : undefined;
}

/** When, and on what machine, results were taken. */
export const runList = (runs: Readonly<Record<string, Run | undefined>>): string =>
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
