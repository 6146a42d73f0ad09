import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inject } from "vitest";

/** What befalls some requests. Source: docs/emulator.md. */
export interface EmulatorFault {
  readonly operation: string;
  readonly count: number;
  readonly [effect: string]: unknown;
}

/** An emulator in a process of its own, which can be killed and comes back on the same ports and data. */
export interface EmulatorProcess {
  /** The environment for its clients. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets it fail as its administrative endpoint is told to; what it was told ends with its process. */
  addFaults(faults: readonly EmulatorFault[]): Promise<void>;
  /** Faults that have not befallen as many requests as they are to. */
  faults(): Promise<readonly EmulatorFault[]>;
  /** Ends it as a power cut does, and starts it again. */
  killAndRestart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one on free ports. */
export async function startEmulatorProcess(): Promise<EmulatorProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), "server-test-"));

  async function start(port: string, identityPort: string) {
    const child = spawn(
      process.execPath,
      [
        join(inject("programs"), "emulator/main.cjs"),
        `--data-dir=${dataDir}`,
        `--port=${port}`,
        `--identity-port=${identityPort}`,
        "--json",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The emulator ended with ${code}.`);
    });
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended])) as [
      string,
    ];
    ended.catch(() => undefined);
    return { child, ready: JSON.parse(line) as { endpoint: string; env: Record<string, string> } };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  let { child, ready } = await start("0", "0");
  const { env, endpoint } = ready;
  const identityPort = new URL(env["IDENTITY_ENDPOINT"] ?? "").port;

  async function administer(path: string, init: RequestInit = {}): Promise<unknown> {
    const { COSMOS_EMULATOR_ADMIN_ENDPOINT: base, COSMOS_EMULATOR_ADMIN_SECRET: secret = "" } = ready.env;
    const response = await fetch(`${base}${path}`, { ...init, headers: { "x-emulator-secret": secret } });
    if (!response.ok) throw new Error(`The emulator answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  return {
    env,
    async addFaults(faults) {
      for (const fault of faults) {
        await administer("/faults", { method: "POST", body: JSON.stringify(fault) });
      }
    },
    async faults() {
      const { faults } = (await administer("/faults")) as { readonly faults: readonly EmulatorFault[] };
      return faults;
    },
    async killAndRestart() {
      await kill(child);
      ({ child, ready } = await start(new URL(endpoint).port, identityPort));
    },
    async close() {
      await kill(child);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
