import { type LoadResult, load, medianOfLoads, type Target } from "../wire.ts";
import { readItem, upsertItem } from "./requests.ts";

/** Seconds that a load is measured for in a round. */
const seconds = 2;

/** Rounds, in each of which every server has its turn: a machine that gets slower does so for all. */
const rounds = 3;

export type ServerName = "bare node:https" | "ours" | "peer, kept alive" | "peer, as its command runs it";

export interface PointRow extends LoadResult {
  readonly operation: string;
  readonly connections: number;
  readonly server: ServerName;
}

export async function comparePoints(targets: Readonly<Record<ServerName, Target>>): Promise<PointRow[]> {
  const rows: PointRow[] = [];
  const servers = Object.entries(targets) as [ServerName, Target][];
  for (const [operation, make] of [
    ["point read", readItem],
    ["upsert", upsertItem],
  ] as const) {
    for (const connections of [1, 64]) {
      const results = new Map<ServerName, LoadResult[]>(servers.map(([server]) => [server, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const [server, target] of servers) {
          results.get(server)?.push(await load(target, make, connections, seconds));
        }
      }
      for (const [server, loads] of results) {
        rows.push({ operation, connections, server, ...medianOfLoads(loads) });
      }
    }
  }
  return rows;
}
