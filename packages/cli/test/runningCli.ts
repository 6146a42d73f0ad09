import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { CosmosClient, type Database } from "@azure/cosmos";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";
import { type CliOptions, run } from "../src/index.ts";
import { example } from "./example/cli.ts";

const folder = process.env["CLI_TEST_PROGRAMS"] ?? "";

/** The programs: the example's command line, its server of items and orders, and the emulator. */
export const programs = {
  cli: join(folder, "cli/main.js"),
  server: join(folder, "server/main.js"),
  emulator: join(folder, "emulator/main.js"),
} as const;

/** The variables of this process without any that configure our programs; what Node compiles is kept for the next one. */
export const surroundings = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(COSMOS_|AZURE_|IDENTITY_|PORT$|HOST$|FORCE_COLOR$)/.test(name),
    ),
  ),
  NODE_COMPILE_CACHE: join(folder, "compiled"),
});

/** What a run of the CLI did. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given. */
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  /** Columns of the terminal that it writes to; without them it is none. */
  readonly columns?: number;
}

/** Runs the CLI in this process, with streams of its own: what a process alone shows has tests that start one. */
export async function runCli(
  args: readonly string[],
  options: RunOptions = {},
  cli: CliOptions = example,
): Promise<Run> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(options.input ?? "");
  const { columns } = options;
  const signals = new EventEmitter();
  const io = {
    stdin,
    stdout: Object.assign(stdout, columns === undefined ? {} : { columns, isTTY: true }),
    stderr,
    env: options.env ?? {},
    once: signals.once.bind(signals),
    off: signals.off.bind(signals),
  };
  const shown = Promise.all([text(stdout), text(stderr)]);
  const code = await run(cli, args, io);
  stdout.end();
  stderr.end();
  const [out, said] = await shown;
  return { code, stdout: out, stderr: said };
}

/** A run that goes on, in a process of its own. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Run>;
}

/** Starts the CLI as a user does; `isWatched` makes it take its standard error for a terminal. */
export function startCli(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; isWatched?: boolean } = {},
): RunningCli {
  const watched =
    options.isWatched === true ? [`--import=${join(import.meta.dirname, "onTerminal.ts")}`] : [];
  const child = spawn(process.execPath, [...watched, programs.cli, ...args], {
    env: { ...surroundings(), ...options.env },
    stdio: "pipe",
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const ended = Promise.all([text(child.stdout), text(child.stderr), closed]).then(
    ([stdout, stderr, [code]]): Run => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

/** A server that tests share, and its database. */
export interface RunningServer {
  readonly url: () => string;
  /** The variables with which the server finds its database. */
  readonly env: () => NodeJS.ProcessEnv;
}

/** Starts an emulator and a server before the file's tests. */
export function useServer(): RunningServer {
  let url = "";
  let emulator: Emulator;
  let stop = async (): Promise<void> => undefined;

  beforeAll(async () => {
    emulator = await startEmulator();
    const child = spawn(process.execPath, [programs.server], {
      env: { ...surroundings(), ...emulator.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    stop = async () => {
      child.kill();
      await closed;
    };
    let open = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
      if (msg === "listening") url = `http://127.0.0.1:${port}`;
      if (msg === "container open") open += 1;
      if (open === Object.keys(example.manifest.entities).length) break;
    }
    // What it logs from here on is nobody's; unread, it would fill the pipe.
    child.stdout.resume();
  });

  afterAll(async () => {
    await stop();
    await emulator.close();
  });

  return { url: () => url, env: () => emulator.env };
}

/** The key of every Cosmos DB emulator. Source: Learn, "Develop locally using the Azure Cosmos DB emulator". */
const key = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/** Does something with the database's containers by the SDK, as somebody does who may. */
export async function asAdministrator<Result>(
  env: NodeJS.ProcessEnv,
  work: (containers: Database) => Promise<Result>,
): Promise<Result> {
  const agent = new Agent({ ca: readFileSync(env["COSMOS_CA_FILE"] ?? "") });
  const client = new CosmosClient({ endpoint: env["COSMOS_ENDPOINT"] ?? "", key, agent });
  try {
    return await work(client.database("appdb"));
  } finally {
    client.dispose();
    agent.destroy();
  }
}
