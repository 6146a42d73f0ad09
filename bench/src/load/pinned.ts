import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";

const canPin = process.platform === "linux" && availableParallelism() > 1;

/** The core of the server under load, and the one of everything else. */
export const cores = { server: 0, others: 1 } as const;

/** Starts Node in a process of its own that we can talk to, on one core alone where `taskset` can do that. */
export function startPinned(
  core: number,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const command = [process.execPath, ...args];
  const [program = "", ...rest] = canPin ? ["taskset", "-c", String(core), ...command] : command;
  return spawn(program, rest, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, ...env },
  });
}

/** The next message of a process. Rejects if it ends without one. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const [message] = await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`${child.spawnargs.join(" ")} ended with ${code}`);
      }),
    ]);
    return message as T;
  } finally {
    ended.abort();
  }
}
