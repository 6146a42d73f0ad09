import type { Context } from "../context.ts";

/** What a request cost, summed over a batch: `x-ms-request-charge`, the service's own name for it, in RU. */
export const usageHeaders = ({ usage }: Context): Record<string, string> => ({
  "x-ms-request-charge": String(Math.round(usage.requestCharge * 100) / 100),
});

/** `Retry-After` in whole seconds. Source: RFC 9110, 10.2.3. */
export const retryHeaders = (retryAfterMs: number | undefined): Record<string, string> =>
  retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
