import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "./processes.ts";
import { takingTurns } from "./takingTurns.ts";
import { watchFolders } from "./watchFolders.ts";

const turbo = join(root, "node_modules/.bin/turbo");

/** What is made from the router is being kept current. */
export interface Regeneration {
  /** Resolves when it was made for the first time, or could not be. */
  readonly first: Promise<void>;
  stop(): void;
}

/**
 * Writes what is made from the router, and builds the command line with it: now, and whenever a file in the folders
 * changes. A change during a run makes it again, and what the outdated run complains of is not shown.
 */
export function startRegeneration(folders: readonly string[], say: (line: string) => void): Regeneration {
  let running: ChildProcess | undefined;
  let isStopped = false;

  /** @returns what it said, when it failed */
  async function run(command: string, args: readonly string[], folder: string): Promise<string | undefined> {
    running = spawn(command, args, { cwd: join(root, folder), stdio: ["ignore", "pipe", "pipe"] });
    const { stdout, stderr } = running as ChildProcess & {
      stdout: NodeJS.ReadableStream;
      stderr: NodeJS.ReadableStream;
    };
    const [said, complaint, [code]] = await Promise.all([text(stdout), text(stderr), once(running, "exit")]);
    return code === 0 ? undefined : `${said}${complaint}`;
  }

  let count = 0;
  const regenerate = takingTurns(async (isOutdated) => {
    if (isStopped) return;
    // By itself, and not through turbo, so that what it complains of stands alone.
    const failure =
      (await run(process.execPath, ["--run", "generate"], "apps/client")) ??
      (isOutdated()
        ? undefined
        : await run(turbo, ["run", "build", "--filter=./apps/cli", "--output-logs=errors-only"], "."));
    if (isOutdated() || isStopped) return;
    count += 1;
    if (failure !== undefined) say(failure.trim());
    else if (count > 1) say("Regenerated: the client's types, the manifest and the command line.");
  });
  const unwatch = watchFolders(folders, regenerate);
  return {
    first: regenerate(),
    stop() {
      isStopped = true;
      unwatch();
      running?.kill();
    },
  };
}
