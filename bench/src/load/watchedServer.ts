import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { nextMessage, startPinned } from "./pinned.ts";
import type { Usage } from "./watch.ts";

/** A server in a process of its own, on a core of its own, that says what it uses. */
export interface WatchedServer {
  readonly url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const watch = join(import.meta.dirname, "watch.ts");

/** Starts a program that listens on the port in PORT, any free one, and waits until it does. */
export async function startWatched(
  core: number,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<WatchedServer> {
  const child: ChildProcess = startPinned(core, ["--import", watch, ...args], { ...env, PORT: "0" });
  const { port } = await nextMessage<{ readonly port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    usage() {
      child.send("usage");
      return nextMessage<Usage>(child);
    },
    async stop() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
