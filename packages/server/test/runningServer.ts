import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the built programs. */
    programs: string;
  }
}

/** A server in a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** The first log line that matches: one that is there already, or the next. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>;
  /** Ends it, unless it has ended, and says how. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [name: string]: unknown;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = join(import.meta.dirname, "..");

/** The variables of this process that a child needs, without any that configure the server or lend it packages. */
const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(COSMOS_|AZURE_|IDENTITY_|PORT$|HOST$|WATCH_|NODE_ENV$|NODE_PATH$)/.test(name),
    ),
  );

/** What Node runs: its arguments, and the folder that it runs in. */
export interface Program {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** The server that most tests talk to, built from the sources. */
export const serverProgram = (): Program => ({ args: [join(inject("programs"), "app.mjs")], cwd: folder });

function launch(env: NodeJS.ProcessEnv, { args, cwd }: Program) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...surroundings(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: LogLine[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  let [stdout, stderr] = ["", ""];
  createInterface({ input: child.stdout }).on("line", (text) => {
    stdout += `${text}\n`;
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    for (const look of waiting) look(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]): Ended => ({ code, signal, stdout, stderr }));
  const logged = (matches: (line: LogLine) => boolean): Promise<LogLine> => {
    const found = lines.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    const look = (line: LogLine): void => {
      if (matches(line)) resolve(line);
    };
    waiting.add(look);
    void ended.then(() =>
      reject(new Error(`The server has ended without that log line:\n${stdout}${stderr}`)),
    );
    return promise.finally(() => waiting.delete(look));
  };
  return { child, ended, logged };
}

/** Starts a server on a free port; resolves when it listens. */
export async function startServer(env: NodeJS.ProcessEnv, program = serverProgram()): Promise<RunningServer> {
  const { child, ended, logged } = launch({ PORT: "0", ...env }, program);
  const { port } = await logged(({ msg }) => msg === "listening");
  return {
    url: `http://127.0.0.1:${port}`,
    port: Number(port),
    process: child,
    logged,
    stop(signal = "SIGTERM") {
      if (child.exitCode === null) child.kill(signal);
      return ended;
    },
  };
}

/** Runs a server that is expected to end by itself. */
export const runServer = (env: NodeJS.ProcessEnv, program = serverProgram()): Promise<Ended> =>
  launch(env, program).ended;

/** Whether a log line says that the container is open. */
export const isOpen = ({ msg }: LogLine): boolean => msg === "container open";
