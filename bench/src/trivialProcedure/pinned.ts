import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";

const canPin = process.platform === "linux" && availableParallelism() > 1;

/** Starts a module in a process of its own, on one core alone where `taskset` can do that. */
export function startPinned(core: number, file: string, ...args: string[]): ChildProcess {
  const command = [process.execPath, file, ...args];
  const [program = "", ...rest] = canPin ? ["taskset", "-c", String(core), ...command] : command;
  return spawn(program, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
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
