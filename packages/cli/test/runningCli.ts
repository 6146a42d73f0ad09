import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";
import { type CliOptions, run } from "../src/index.ts";
import { manifest } from "./example/api.ts";
import { exampleOf } from "./example/cli.ts";

/** Node's arguments to run our programs from their sources. */
export const nodeOnSources: readonly string[] = ["--conditions=@cosmos-trpc/source"];

/** The example's command line as a program. */
export const program = join(import.meta.dirname, "example/main.ts");

/** The example's command line. */
export const example: CliOptions = exampleOf(manifest);

/** The server of the example: items, and orders with a hierarchical partition key. */
export const serverProgram = join(import.meta.dirname, "example/api.ts");

/** The variables of this process without any that configure our programs. */
export const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(COSMOS_|AZURE_|IDENTITY_|PORT$|HOST$|FORCE_COLOR$)/.test(name),
    ),
  );

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
  const child = spawn(process.execPath, [...nodeOnSources, ...watched, program, ...args], {
    env: { ...surroundings(), ...options.env },
    stdio: "pipe",
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const ended = Promise.all([text(child.stdout), text(child.stderr), closed]).then(
    ([stdout, stderr, [code]]): Run => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

/** Starts an emulator and a server before the file's tests. @returns a function that says the server's URL */
export function useServer(): () => string {
  let url = "";
  let emulator: Emulator;
  let stop = async (): Promise<void> => undefined;

  beforeAll(async () => {
    emulator = await startEmulator();
    const child = spawn(process.execPath, [...nodeOnSources, serverProgram], {
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

  return () => url;
}
