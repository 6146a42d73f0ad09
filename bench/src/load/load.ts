import autocannon from "autocannon";

/** What one burst of load found out. */
export interface Burst {
  /** Those that were answered. */
  readonly requests: number;
  /** The same with those that were on their way when the time was over. */
  readonly sent: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

/** One request of a load. */
export interface LoadRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A load to make: each connection goes round the requests, from a place of its own. */
export interface Load {
  readonly url: string;
  readonly connections: number;
  /** Seconds. */
  readonly duration: number;
  readonly requests: readonly LoadRequest[];
  /** Requests a second, all connections together; as many as are answered when it is left out. */
  readonly overallRate?: number;
}

/** Makes each load that the measuring process sends, and answers with what it found out. */
process.on("message", async ({ requests, ...options }: Load) => {
  let clients = 0;
  const result = await autocannon({
    ...options,
    setupClient(client) {
      const start = Math.floor((clients * requests.length) / options.connections);
      clients += 1;
      client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
    },
  });
  const burst: Burst = {
    requests: result.requests.total,
    sent: result.requests.sent,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures: result.errors + result.non2xx,
  };
  process.send?.(burst);
});
process.on("disconnect", () => process.exit());
