import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The repository's root. */
export const root = join(import.meta.dirname, "..", "..");

/** The programs, as they are built. */
export const programs = {
  emulator: join(root, "packages/cosmos-emulator/dist/main.cjs"),
  server: join(root, "apps/server/dist/server.js"),
  cli: join(root, "apps/cli/dist/main.js"),
} as const;

/** A started program. */
export interface Running<Ready> {
  /** What it said when it was ready. */
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Asks it to stop, and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Variables for a child process. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Starts a Node program that writes JSON lines to its standard output, and waits for the one that says it is ready.
 *
 * @param find picks what to know from a line; `undefined` from any other. It sees every line that comes
 * @param onComplaint hears what it writes to standard error
 * @throws Error with what it wrote to standard error, when it ends before.
 */
export async function startProgram<Ready>(
  args: readonly string[],
  env: Environment,
  find: (line: Record<string, unknown>) => Ready | undefined,
  onComplaint?: (text: string) => void,
): Promise<Running<Ready>> {
  const program = launchProgram(args, env, find, onComplaint);
  return { ...program, ready: await program.ready };
}

/** The same, without waiting: `ready` is a promise. */
export function launchProgram<Ready>(
  args: readonly string[],
  env: Environment,
  find: (line: Record<string, unknown>) => Ready | undefined,
  onComplaint: (text: string) => void = () => undefined,
): Running<Promise<Ready>> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
    onComplaint(chunk.toString());
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const found = line.startsWith("{") ? find(JSON.parse(line) as Record<string, unknown>) : undefined;
    if (found !== undefined) resolve(found);
  });
  child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}: ${complaint}`)));
  return {
    ready,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

/** What a started emulator says of itself. */
export interface EmulatorReady {
  readonly endpoint: string;
  /** The environment for its clients. */
  readonly env: Environment;
}

/** Reads an emulator's first line. */
export const findEmulator = (line: Record<string, unknown>): EmulatorReady | undefined =>
  typeof line["endpoint"] === "string" ? (line as unknown as EmulatorReady) : undefined;

/** Reads the URL from the server's line that says that it listens. */
export const findServer = (line: Record<string, unknown>): string | undefined =>
  line["msg"] === "listening" ? String(line["url"]) : undefined;

/** Starts the embedded Cosmos DB, as it is built, on free ports. */
export const startEmulatorProcess = (dataDir: string): Promise<Running<EmulatorReady>> =>
  startProgram([programs.emulator, "--data-dir", dataDir, "--port", "0", "--json"], {}, findEmulator);

/** Starts the server, as it is built, on a free port. Ready is its URL. */
export const startServerProcess = (env: Environment): Promise<Running<string>> =>
  startProgram([programs.server], { ...env, PORT: "0" }, findServer);
