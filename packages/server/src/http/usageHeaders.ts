import type { Usage } from "../request/usage.ts";

/**
 * What a request cost, summed over a batch: `x-ms-request-charge`, the service's own name for it, in RU, and in
 * `Server-Timing` (W3C, Server Timing) the milliseconds that it took so far and those of the database in it.
 */
export const usageHeaders = (usage: Usage): Record<string, string> => ({
  "x-ms-request-charge": String(Math.round(usage.requestUnits * 100) / 100),
  "server-timing": `total;dur=${usage.total().toFixed(2)}, db;dur=${usage.database().toFixed(2)}`,
});

/** `Retry-After` in whole seconds. Source: RFC 9110, 10.2.3. */
export const retryHeaders = (retryAfterMs: number | undefined): Record<string, string> =>
  retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
