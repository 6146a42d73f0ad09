import autocannon from "autocannon";

/** What one burst of load found out. */
export interface Burst {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

/** The load to make, as the first argument of this process, in JSON. */
export type Load = Partial<
  Pick<autocannon.Options, "method" | "headers" | "body" | "connections" | "duration">
> & { readonly url: string };

const load = JSON.parse(process.argv[2] ?? "{}") as Load;
const { requests, latency, duration, errors, non2xx } = await autocannon(load);
const burst: Burst = {
  requests: requests.total,
  seconds: duration,
  p50: latency.p50,
  p99: latency.p99,
  failures: errors + non2xx,
};
process.send?.(burst);
