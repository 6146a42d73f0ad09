import { round } from "../load/statistics.ts";
import { medianOf, send, type Target, type WireRequest } from "../wire.ts";
import { selectiveFilter, topByRank, topOfFilter } from "./requests.ts";

/** Documents of the queries that are compared side by side. */
export const queriedItems = 100_000;

export interface QueryRow {
  readonly query: string;
  readonly oursMs: number;
  readonly peerMs: number;
  readonly ratio: number;
}

export async function compareQueries(ours: Target, peer: Target): Promise<QueryRow[]> {
  const rows: QueryRow[] = [];
  for (const [name, make] of [
    ["filter", (turn: number) => selectiveFilter(turn, queriedItems)],
    ["ORDER BY TOP 20", () => topByRank],
    ["filter, ORDER BY TOP 20", () => topOfFilter],
  ] as const) {
    // The peer walks all documents, for a minute or more: once has to do.
    const started = performance.now();
    const theirs = await idsOf(peer, make(0));
    const peerMs = performance.now() - started;
    const mine = await idsOf(ours, make(0));
    // Both have to find the same documents, or the comparison says nothing.
    if (mine !== theirs) throw new Error(`${make(0).body} finds ${mine} here and ${theirs} there.`);
    let turn = 0;
    const oursMs = await medianOf(100, () => {
      turn += 1;
      return send(ours, make(turn));
    });
    rows.push({ query: name, oursMs: round(oursMs), peerMs: round(peerMs), ratio: round(peerMs / oursMs) });
  }
  return rows;
}

/** The ids of what a query finds, in an order of their own. */
async function idsOf(target: Target, wire: WireRequest): Promise<string> {
  const { Documents } = JSON.parse(await send(target, wire)) as { Documents: { id: string }[] };
  return Documents.map(({ id }) => id)
    .sort()
    .join();
}
