import { once } from "node:events";
import { get } from "node:http";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { programs } from "@cosmos-trpc/scripts/processes";
import { cores, startPinned } from "../load/pinned.ts";
import { median, rotate, spread } from "../load/statistics.ts";

/** How the server is started: as it ships, and as the compiler leaves it. */
const ways = [
  { name: "bundled", args: [programs.server] },
  { name: "bundled, --enable-source-maps", args: ["--enable-source-maps", programs.server] },
  { name: "unbundled", args: [join(dirname(programs.server), "main.js")] },
] as const;

/** Milliseconds from spawn. */
interface Start {
  readonly firstHealth: number;
  readonly firstItem: number;
}

export interface StartRow extends Start {
  readonly way: (typeof ways)[number]["name"];
  readonly spread: number;
  /** This way's time to the first health answer against the unbundled server's, the median of the rounds. */
  readonly againstUnbundled: number;
}

/** Time from spawn to the first 200 on `/healthz` and to the first answered `items.get`, each way in turn. */
export async function measureStarts(
  env: Readonly<Record<string, string>>,
  rounds: number,
): Promise<StartRow[]> {
  const starts = new Map<string, Start[]>(ways.map(({ name }) => [name, []]));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const { name, args } of rotate(ways, turn)) starts.get(name)?.push(await measureStart(args, env));
  }
  const unbundled = starts.get("unbundled") ?? [];
  const rows = ways.map(({ name }): StartRow => {
    const own = starts.get(name) ?? [];
    const health = own.map(({ firstHealth }) => firstHealth);
    return {
      way: name,
      firstHealth: Math.round(median(health)),
      firstItem: Math.round(median(own.map(({ firstItem }) => firstItem))),
      spread: spread(health),
      againstUnbundled: median(
        health.map((time, turn) => time / (unbundled[turn]?.firstHealth ?? Number.NaN)),
      ),
    };
  });
  console.log("\nspawn to the first answers, ms");
  console.table(rows);
  return rows;
}

async function measureStart(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Start> {
  const port = await freePort();
  const started = performance.now();
  const child = startPinned(cores.server, args, { ...env, PORT: String(port) });
  await untilAnswered(port, "/healthz");
  const firstHealth = performance.now() - started;
  await untilAnswered(port, `/trpc/items.get?input=${encodeURIComponent('{"id":"item-0"}')}`);
  const firstItem = performance.now() - started;
  const ended = once(child, "exit");
  child.kill();
  await ended;
  return { firstHealth, firstItem };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

async function untilAnswered(port: number, path: string): Promise<void> {
  while ((await statusOf(port, path)) !== 200);
}

const statusOf = (port: number, path: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    get({ port, path, host: "127.0.0.1", agent: false }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    }).once("error", () => resolve(undefined));
  });
