/** Where a change feed begins: after a cursor, at a time, now, or at the beginning. */
export type Since = "beginning" | "now" | Date | (string & {});

/** What the numbers of a request for changes may be. */
export const changesLimits = {
  limit: { least: 1, most: 1_000 },
  pollInterval: { least: 1, most: 60_000 },
  patience: { least: 0, most: 2_147_483_647 },
} as const;
