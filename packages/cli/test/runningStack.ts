import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FaultOptions } from "@cosmos-trpc/cosmos-emulator";
import { afterAll, beforeEach, onTestFinished } from "vitest";
import { createDisturbance, type Disturbance } from "./disturbance.ts";
import { programs, surroundings } from "./runningCli.ts";

/** An emulator and a server, each a process that can be killed and started again in its place. */
export interface Stack {
  readonly url: string;
  kill(what: "emulator" | "server"): Promise<void>;
  start(what: "emulator" | "server"): Promise<void>;
  /** The variables with which the server finds its database. */
  env(): NodeJS.ProcessEnv;
  /**
   * Keeps faults on until the test ends, over restarts of the emulator: each that is used up is added anew.
   *
   * @returns what says how often each was used up
   */
  disturb(faults: readonly FaultOptions[]): Promise<() => Promise<readonly number[]>>;
}

/**
 * Starts both before the tests of a file or a group, which share them: each test finds them running, whatever the one
 * before has killed.
 */
export function useStack(): Stack {
  const folder = mkdtempSync(join(tmpdir(), "cli-stack-"));
  const running: { emulator?: ChildProcess; server?: ChildProcess } = {};
  const ports = { emulator: "0", identity: "0", server: "0" };
  let env: NodeJS.ProcessEnv = {};
  let disturbance: Disturbance | undefined;

  const stack = {
    url: "",
    async kill(what: "emulator" | "server") {
      const child = running[what];
      if (!isRunning(child)) return;
      const ended = once(child, "exit");
      if (what === "emulator") await disturbance?.pause();
      child.kill("SIGKILL");
      await ended;
      if (what === "emulator") disturbance?.forget();
    },
    env: () => env,
    async disturb(faults: readonly FaultOptions[]) {
      const own = createDisturbance(env, faults);
      disturbance = own;
      onTestFinished(async () => {
        disturbance = undefined;
        await own.end();
      });
      await own.resume();
      return own.befallen;
    },
    async start(what: "emulator" | "server") {
      if (what === "emulator") {
        const { child, line } = await launch(
          [
            programs.emulator,
            `--data-dir=${folder}`,
            `--port=${ports.emulator}`,
            `--identity-port=${ports.identity}`,
            "--json",
          ],
          {},
          ({ endpoint }) => endpoint !== undefined,
        );
        running.emulator = child;
        env = line["env"] as NodeJS.ProcessEnv;
        ports.emulator = new URL(env["COSMOS_ENDPOINT"] ?? "").port;
        ports.identity = new URL(env["IDENTITY_ENDPOINT"] ?? "").port;
      } else {
        const { child, line } = await launch(
          [programs.server],
          { ...env, PORT: ports.server },
          ({ msg }) => msg === "listening",
        );
        running.server = child;
        ports.server = String(line["port"]);
        stack.url = `http://127.0.0.1:${ports.server}`;
      }
      await disturbance?.resume();
    },
  };
  beforeEach(async () => {
    for (const what of ["emulator", "server"] as const)
      if (!isRunning(running[what])) await stack.start(what);
  });
  afterAll(async () => {
    await stack.kill("server");
    await stack.kill("emulator");
    rmSync(folder, { recursive: true, force: true });
  });
  return stack;
}

const isRunning = (child: ChildProcess | undefined): child is ChildProcess =>
  child !== undefined && child.exitCode === null && child.signalCode === null;

type Line = Readonly<Record<string, unknown>>;

/** Starts a program that writes JSON lines, and waits for the one that says it is ready. */
async function launch(args: readonly string[], env: NodeJS.ProcessEnv, isReady: (line: Line) => boolean) {
  const child = spawn(process.execPath, args, {
    env: { ...surroundings(), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (!isReady(line)) continue;
    child.stdout.resume();
    return { child, line };
  }
  throw new Error(`${args[0]} ended with ${child.exitCode}.`);
}
