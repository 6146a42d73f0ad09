import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** An emulator in a process of its own, which can be killed and comes back on the same ports and data. */
export interface EmulatorProcess {
  /** The environment for its clients. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it as a power cut does, and starts it again. */
  killAndRestart(): Promise<void>;
  close(): Promise<void>;
}

const program = join(import.meta.dirname, "../../../packages/cosmos-emulator/src/main.ts");

/** Starts one on free ports. */
export async function startEmulatorProcess(): Promise<EmulatorProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), "server-test-"));

  async function start(port: string, identityPort: string) {
    const child = spawn(
      process.execPath,
      [
        "--conditions=@cosmos-trpc/source",
        program,
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
  return {
    env,
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
