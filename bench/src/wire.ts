import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import autocannon from "autocannon";
import { median } from "./load/statistics.ts";

/** A server of Cosmos DB's protocol, and how to sign in to it. */
export interface Target {
  readonly endpoint: string;
  readonly agent: Agent;
  /** The process, for its processor time and memory. */
  readonly pid: number;
  authorize(method: string, type: string, link: string): Record<string, string>;
}

/** A request of the data plane. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** The documented key of every Cosmos DB emulator. */
const wellKnownKey =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/** Signs with the account's key. Source: Learn, REST "Access control on Cosmos DB resources". */
export function signWithKey(method: string, type: string, link: string): Record<string, string> {
  const date = new Date().toUTCString();
  const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`;
  const signature = createHmac("sha256", Buffer.from(wellKnownKey, "base64")).update(text).digest("base64");
  return {
    authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
    "x-ms-date": date,
    "x-ms-version": "2020-07-15",
  };
}

/** Kept-alive connections that trust the authority of `caFile`; without one, any. */
export const keptAlive = (caFile?: string): Agent =>
  new Agent({
    keepAlive: true,
    ...(caFile === undefined ? { rejectUnauthorized: false } : { ca: readFileSync(caFile) }),
  });

/** The headers of a request, signed in. */
function signedHeaders(target: Target, { method, path, headers }: WireRequest): Record<string, string> {
  const segments = path.split("/").filter((segment) => segment !== "");
  const isFeed = segments.length % 2 === 1;
  const type = segments.at(isFeed ? -1 : -2) ?? "";
  const link = (isFeed ? segments.slice(0, -1) : segments).join("/");
  return { ...target.authorize(method, type, link), ...headers };
}

/** Sends one request; resolves with the body's text. */
export function send(target: Target, wire: WireRequest): Promise<string> {
  const { method, path, body } = wire;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      target.endpoint + path,
      { method, agent: target.agent, headers: signedHeaders(target, wire) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else
            reject(new Error(`${method} ${path} was answered ${response.statusCode}: ${text.slice(0, 500)}`));
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Milliseconds of processor time that a process has used. Linux only; elsewhere `undefined`. */
function processorTime(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // utime and stime, in ticks of 10 ms.
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
}

/** Megabytes of a process that are in memory. Linux only; elsewhere `undefined`. */
export function residentMegabytes(pid: number): number | undefined {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

/** What a load came to. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server for a request, in microseconds: what is left of the noise of a shared machine. */
  readonly serverMicroseconds: number | undefined;
  readonly failures: number;
}

/** Sends requests over so many connections for so many seconds, after a warm-up of half as many. */
export async function load(
  target: Target,
  make: (turn: number) => WireRequest,
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  let turn = 0;
  const run = (duration: number): PromiseLike<autocannon.Result> =>
    autocannon({
      url: target.endpoint,
      connections,
      duration,
      requests: [
        {
          setupRequest(blank) {
            turn += 1;
            const wire = make(turn);
            const { method, path, body } = wire;
            return {
              ...blank,
              method,
              path,
              ...(body === undefined ? {} : { body }),
              headers: signedHeaders(target, wire),
            };
          },
        },
      ],
    });
  await run(Math.max(1, seconds / 2));
  const before = processorTime(target.pid);
  const result = await run(seconds);
  const after = processorTime(target.pid);
  return {
    requestsPerSecond: Math.round(result.requests.average),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    serverMicroseconds:
      before === undefined || after === undefined
        ? undefined
        : Math.round((1_000 * (after - before)) / result.requests.total),
    failures: result.non2xx + result.errors,
  };
}

/** Of several loads the one that answered the median number of requests. */
export function medianOfLoads(loads: readonly LoadResult[]): LoadResult {
  const order = (one: LoadResult, other: LoadResult): number =>
    one.requestsPerSecond - other.requestsPerSecond;
  const middle = loads.toSorted(order)[Math.floor(loads.length / 2)];
  if (middle === undefined) throw new Error("There are no loads to choose from.");
  return middle;
}

/** The median time of `times` sequential runs, in milliseconds. */
export async function medianOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const measured: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const started = performance.now();
    await work();
    measured.push(performance.now() - started);
  }
  return median(measured);
}
