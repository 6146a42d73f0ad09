import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EmulatorReady,
  type Running,
  startEmulatorProcess,
  startProgram,
} from "@cosmos-trpc/scripts/processes";
import { benchItem, perKey } from "./items.ts";
import {
  keptAlive,
  type LoadResult,
  load,
  medianOf,
  medianOfLoads,
  residentMegabytes,
  send,
  signWithKey,
  type Target,
  type WireRequest,
} from "./wire.ts";

/** Seconds that a load is measured for in a round. */
const seconds = 2;

/** Rounds, in each of which every server has its turn: a machine that gets slower does so for all. */
const rounds = 3;

/** Documents that point operations go round. */
const pointItems = 1_000;

/** Documents of the queries that are compared side by side. */
const queriedItems = 100_000;

/** How the cost of our own queries grows. */
const growth = [1_000, 10_000, 100_000, 1_000_000] as const;

const docs = "/dbs/bench/colls/items/docs";

/** Ours sees the one physical partition by its id; the peer goes by the other header. Both get both. */
const wholeContainer = {
  "x-ms-documentdb-isquery": "true",
  "content-type": "application/query+json",
  "x-ms-documentdb-query-enablecrosspartition": "true",
  "x-ms-documentdb-partitionkeyrangeid": "0",
  "x-ms-max-item-count": "100",
} as const;

const readItem = (turn: number): WireRequest => {
  const { id, pk } = benchItem(turn % pointItems);
  return { method: "GET", path: `${docs}/${id}`, headers: keyOf(pk) };
};

const upsertItem = (turn: number): WireRequest => writeItem(turn % pointItems, true);

const keyOf = (pk: string): Record<string, string> => ({
  "x-ms-documentdb-partitionkey": JSON.stringify([pk]),
});

function writeItem(n: number, isUpsert: boolean): WireRequest {
  const item = benchItem(n);
  const headers = { ...keyOf(item.pk), "content-type": "application/json" };
  return {
    method: "POST",
    path: docs,
    headers: isUpsert ? { ...headers, "x-ms-documentdb-is-upsert": "true" } : headers,
    body: JSON.stringify(item),
  };
}

const query = (text: string, parameters: object[] = []): WireRequest => ({
  method: "POST",
  path: docs,
  headers: wholeContainer,
  body: JSON.stringify({ query: text, parameters }),
});

const selectiveFilter = (turn: number, items: number): WireRequest =>
  query("SELECT * FROM c WHERE c.key = @key", [{ name: "@key", value: (turn * 31) % (items / perKey) }]);

const topByRank = query("SELECT TOP 20 * FROM c ORDER BY c.rank DESC");

const topOfFilter = query("SELECT TOP 20 * FROM c WHERE c.status = 'paid' ORDER BY c.rank");

/** Signs in as an app does: a token from the identity endpoint. */
async function tokenOf({ env }: EmulatorReady): Promise<string> {
  const resource = encodeURIComponent("https://cosmos.azure.com");
  const response = await fetch(`${env["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource=${resource}`, {
    headers: { "x-identity-header": env["IDENTITY_HEADER"] ?? "" },
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

async function ourTarget({ ready, process: { pid = 0 } }: Running<EmulatorReady>): Promise<Target> {
  const authorization = encodeURIComponent(`type=aad&ver=1.0&sig=${await tokenOf(ready)}`);
  const signedIn = { authorization, "x-ms-version": "2020-07-15" };
  return {
    endpoint: ready.endpoint,
    agent: keptAlive(ready.env["COSMOS_CA_FILE"]),
    pid,
    // Databases and containers take the key: no role has actions for them.
    authorize: (method, type, link) => (type === "docs" ? signedIn : signWithKey(method, type, link)),
  };
}

const findEndpoint = (line: Record<string, unknown>): string | undefined =>
  typeof line["endpoint"] === "string" ? line["endpoint"] : undefined;

const startPeer = (mode: "keep-alive" | "close"): Promise<Running<string>> =>
  startProgram([join(import.meta.dirname, "peerServer.ts"), mode], {}, findEndpoint);

/** A server that does nothing, with the certificates of our data folder. */
function startBare(folder: string): Promise<Running<string>> {
  const files = ["key.pem", "cert.pem"].map((file) => join(folder, "certificates", file));
  return startProgram([join(import.meta.dirname, "bareServer.ts"), ...files], {}, findEndpoint);
}

function peerTarget({ ready, process: { pid = 0 } }: Running<string>): Target {
  const signature = signWithKey("get", "docs", docs.slice(1));
  return { endpoint: ready, agent: keptAlive(), pid, authorize: () => signature };
}

async function makeContainer(target: Target): Promise<void> {
  const headers = { "content-type": "application/json" };
  await send(target, { method: "POST", path: "/dbs", headers, body: '{"id":"bench"}' });
  const body = JSON.stringify({
    id: "items",
    partitionKey: { paths: ["/pk"], kind: "Hash", version: 2 },
    indexingPolicy: {
      includedPaths: [{ path: "/*" }],
      excludedPaths: [],
      // The peer's ORDER BY wants nothing; ours neither for one key.
    },
  });
  await send(target, { method: "POST", path: "/dbs/bench/colls", headers, body });
}

/** Creates the items from `first` to `end` through the wire, over several connections. */
async function createOverWire(target: Target, first: number, end: number): Promise<void> {
  let next = first;
  const connection = async (): Promise<void> => {
    while (next < end) {
      const n = next;
      next += 1;
      await send(target, writeItem(n, false));
    }
  };
  await Promise.all(Array.from({ length: 16 }, connection));
}

/** Fills a stopped emulator's folder by its own store. */
async function fillFolder(folder: string, first: number, end: number): Promise<void> {
  const args = [join(import.meta.dirname, "fillFolder.ts"), folder, String(first), String(end)];
  const filling = await startProgram(args, {}, (line) => ("filled" in line ? line : undefined));
  await filling.stop();
}

type ServerName = "bare node:https" | "ours" | "peer, kept alive" | "peer, as its command runs it";

interface Comparison extends LoadResult {
  readonly operation: string;
  readonly connections: number;
  readonly server: ServerName;
}

async function comparePoints(targets: Readonly<Record<ServerName, Target>>): Promise<Comparison[]> {
  const rows: Comparison[] = [];
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

interface QueryComparison {
  readonly query: string;
  readonly oursMs: number;
  readonly peerMs: number;
  readonly ratio: number;
}

async function compareQueries(ours: Target, peer: Target): Promise<QueryComparison[]> {
  const rows: QueryComparison[] = [];
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

const round = (value: number): number => Math.round(value * 100) / 100;

interface GrowthRow {
  readonly documents: number;
  readonly startMs: number;
  readonly residentMb: number | undefined;
  readonly filterMs: number;
  /** `filterMs` as a multiple of what it is with the fewest documents. */
  readonly filterGrowth: number;
  readonly topMs: number;
  readonly topOfFilterMs: number;
  readonly residentAfterMb: number | undefined;
  readonly fillSeconds: number;
}

/** Start, memory and queries as the container grows. */
async function measureGrowth(folder: string): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = [];
  let filled = 0;
  for (const documents of growth) {
    const filling = performance.now();
    await fillFolder(folder, filled, documents);
    const fillSeconds = round((performance.now() - filling) / 1_000);
    filled = documents;
    const started = performance.now();
    const emulator = await startEmulatorProcess(folder);
    const target = await ourTarget(emulator);
    await send(target, { method: "GET", path: "/" });
    const startMs = Math.round(performance.now() - started);
    try {
      const residentMb = residentMegabytes(target.pid);
      let turn = 0;
      const filter = (): Promise<string> => {
        turn += 1;
        return send(target, selectiveFilter(turn, documents));
      };
      await medianOf(100, filter);
      const filterMs = round(await medianOf(300, filter));
      rows.push({
        documents,
        startMs,
        residentMb,
        filterMs,
        filterGrowth: round(filterMs / (rows[0]?.filterMs ?? filterMs)),
        topMs: round(await medianOf(30, () => send(target, topByRank))),
        topOfFilterMs: round(await medianOf(10, () => send(target, topOfFilter))),
        residentAfterMb: residentMegabytes(target.pid),
        fillSeconds,
      });
    } finally {
      await emulator.stop();
    }
  }
  return rows;
}

/** From an empty folder to the first answer, in milliseconds; the median of several. */
async function measureEmptyStart(): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < 7; time += 1) {
    const folder = mkdtempSync(join(tmpdir(), "cosmos-emulator-bench-"));
    const started = performance.now();
    const emulator = await startEmulatorProcess(folder);
    const { env, endpoint } = emulator.ready;
    const { pid = 0 } = emulator.process;
    const agent = keptAlive(env["COSMOS_CA_FILE"]);
    await send({ endpoint, agent, pid, authorize: signWithKey }, { method: "GET", path: "/" });
    times.push(performance.now() - started);
    agent.destroy();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return Math.round(times.sort((one, other) => one - other)[3] ?? 0);
}

async function compare(): Promise<{ points: Comparison[]; queries: QueryComparison[] }> {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-emulator-bench-"));
  const peerProcess = await startPeer("keep-alive");
  const closingProcess = await startPeer("close");
  const peer = peerTarget(peerProcess);
  const closing = peerTarget(closingProcess);
  let emulator = await startEmulatorProcess(folder);
  try {
    for (const target of [peer, closing]) await makeContainer(target);
    await makeContainer(await ourTarget(emulator));
    let ours = await ourTarget(emulator);
    for (const target of [peer, closing, ours]) await createOverWire(target, 0, pointItems);
    const bareProcess = await startBare(folder);
    const points = await comparePoints({
      "bare node:https": peerTarget(bareProcess),
      ours,
      "peer, kept alive": peer,
      "peer, as its command runs it": closing,
    });
    await bareProcess.stop();
    await closingProcess.stop();
    console.table(points);
    await createOverWire(peer, pointItems, queriedItems);
    await emulator.stop();
    await fillFolder(folder, pointItems, queriedItems);
    emulator = await startEmulatorProcess(folder);
    ours = await ourTarget(emulator);
    const queries = await compareQueries(ours, peer);
    console.table(queries);
    return { points, queries };
  } finally {
    await emulator.stop();
    await peerProcess.stop();
    await closingProcess.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function grow(): Promise<GrowthRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-emulator-bench-"));
  try {
    const emulator = await startEmulatorProcess(folder);
    await makeContainer(await ourTarget(emulator));
    await emulator.stop();
    const rows = await measureGrowth(folder);
    console.table(rows);
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The embedded Cosmos DB side by side with `@vercel/cosmosdb-server`, each in a process of its own, both over HTTPS with
 * kept-alive connections, ours with a token and durable; then how ours grows with its documents.
 */
export async function measureEmulator(): Promise<object> {
  const emptyStartMs = await measureEmptyStart();
  console.table({ emptyStartMs });
  const compared = await compare();
  const grown = await grow();
  return { emptyStartMs, ...compared, growth: grown };
}
