import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulatorProcess } from "@cosmos-trpc/scripts/processes";
import { type GrowthRow, measureGrowth } from "./emulator/growth.ts";
import { comparePoints, type PointRow } from "./emulator/points.ts";
import { compareQueries, type QueryRow, queriedItems } from "./emulator/queries.ts";
import { pointItems } from "./emulator/requests.ts";
import {
  createOverWire,
  fillFolder,
  makeContainer,
  ourTarget,
  peerTarget,
  startBare,
  startPeer,
} from "./emulator/servers.ts";
import { median } from "./load/statistics.ts";
import { keptAlive, send, signWithKey } from "./wire.ts";

/** What this bench finds out. */
export interface EmulatorFigures {
  /** From an empty folder to the first answer, in milliseconds. */
  readonly emptyStartMs: number;
  readonly points: readonly PointRow[];
  readonly queries: readonly QueryRow[];
  readonly growth: readonly GrowthRow[];
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
  return Math.round(median(times));
}

async function compare(): Promise<Pick<EmulatorFigures, "points" | "queries">> {
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
export async function measureEmulator(): Promise<EmulatorFigures> {
  const emptyStartMs = await measureEmptyStart();
  console.table({ emptyStartMs });
  const compared = await compare();
  const grown = await grow();
  return { emptyStartMs, ...compared, growth: grown };
}
