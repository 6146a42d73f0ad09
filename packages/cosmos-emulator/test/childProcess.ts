import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { inject, onTestFinished } from "vitest";

/** How a process ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs, and is killed when the test ends before it. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exit: Promise<Exit>;
}

/** Starts Node with the workspace's sources. */
export function startNode(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(process.execPath, ["--conditions=@cosmos-trpc/source", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = once(child, "close").then(([code, signal]: unknown[]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, exit };
}

/** Starts the command, as it is built for users. */
export const startCommand = (...args: string[]): Running => startNode([inject("command"), ...args]);

/** A running command that has said where it listens. */
export interface RunningEmulator extends Running {
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the command on free ports, or the ports that `args` say, and waits until it is ready. */
export async function startEmulatorProcess(dataDir: string, ...args: string[]): Promise<RunningEmulator> {
  const ports = args.includes("--port") ? [] : ["--port", "0"];
  const running = startCommand("--json", "--data-dir", dataDir, ...ports, ...args);
  let said = "";
  const ready = new Promise<string>((resolve) => {
    running.child.stdout.on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve(said);
    });
  });
  const line = await Promise.race([
    ready,
    running.exit.then(({ stderr }) => {
      throw new Error(`The emulator did not start: ${stderr}`);
    }),
  ]);
  return { ...running, ...(JSON.parse(line) as { endpoint: string; env: Record<string, string> }) };
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cosmos-emulator-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
