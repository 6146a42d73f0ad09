import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeAll } from "vitest";

const apps = join(import.meta.dirname, "../..");

/** Node's arguments to run our programs from their sources. */
export const nodeOnSources: readonly string[] = ["--conditions=@cosmos-trpc/source"];

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

/** Runs the CLI as a user does, in a process of its own. */
export async function runCli(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string | Buffer; isReaderGone?: boolean } = {},
): Promise<Run> {
  const { child, ended } = startCli(args, options);
  // The CLI may end without reading its input.
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  return ended;
}

/** A run that goes on. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Run>;
}

/** Starts the CLI; `isWatched` makes it take its standard error for a terminal. */
export function startCli(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; isReaderGone?: boolean; isWatched?: boolean } = {},
): RunningCli {
  const watched =
    options.isWatched === true ? [`--import=${join(import.meta.dirname, "onTerminal.ts")}`] : [];
  const child = spawn(
    process.execPath,
    [...nodeOnSources, ...watched, join(apps, "cli/src/main.ts"), ...args],
    {
      env: { ...surroundings(), ...options.env },
      stdio: "pipe",
    },
  );
  if (options.isReaderGone === true) child.stdout.destroy();
  const closed = once(child, "close") as Promise<[number | null]>;
  const ended = Promise.all([
    options.isReaderGone === true ? "" : text(child.stdout),
    text(child.stderr),
    closed,
  ]).then(([stdout, stderr, [code]]): Run => ({ code, stdout, stderr }));
  return { child, ended };
}

/** Starts an emulator and a server before the file's tests. @returns a function that says the server's URL */
export function useServer(): () => string {
  let url = "";
  let emulator: Emulator;
  let stop = async (): Promise<void> => undefined;

  beforeAll(async () => {
    emulator = await startEmulator();
    const child = spawn(process.execPath, [...nodeOnSources, "src/main.ts"], {
      cwd: join(apps, "server"),
      env: { ...surroundings(), ...emulator.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    stop = async () => {
      child.kill();
      await closed;
    };
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
      if (msg === "listening") url = `http://127.0.0.1:${port}`;
      if (msg === "container open") break;
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
