import { randomUUID } from "node:crypto";
import type { Json } from "@cosmos-trpc/cosmos-sql/json";

/** Rows that were computed as a whole and are handed out page by page. */
export interface Snapshots {
  /** Keeps rows and says their name. */
  keep(rows: readonly Json[]): string;
  find(name: string): readonly Json[] | undefined;
}

/** How many are kept: the one that nobody has asked for longest goes first. Its query is computed again if it is. */
const capacity = 64;

/** Results whose every row depends on all documents: pages of one have to come from the same computation. */
export function createSnapshots(): Snapshots {
  const kept = new Map<string, readonly Json[]>();
  return {
    keep(rows) {
      const name = randomUUID();
      kept.set(name, rows);
      for (const oldest of kept.keys()) {
        if (kept.size <= capacity) break;
        kept.delete(oldest);
      }
      return name;
    },
    find(name) {
      const rows = kept.get(name);
      if (rows !== undefined) {
        kept.delete(name);
        kept.set(name, rows);
      }
      return rows;
    },
  };
}
