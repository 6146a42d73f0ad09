import { type Environment, launchProgram, type Running } from "./processes.ts";
import { takingTurns } from "./takingTurns.ts";
import { watchFolders } from "./watchFolders.ts";

/** A program that starts anew at every change. */
export interface Reloading<Ready> {
  /** Resolves when it was ready for the first time: with a fault in its sources, that is after they were mended. */
  readonly ready: Promise<Ready>;
  stop(): Promise<void>;
}

/**
 * Starts a Node program, and anew whenever a file in some folders changes. One that ends by itself waits for a change.
 *
 * @param name what to call it, on standard error, where its own complaints go too
 */
export function startReloading<Ready>(
  name: string,
  folders: readonly string[],
  args: readonly string[],
  env: Environment,
  find: (line: Record<string, unknown>) => Ready | undefined,
): Reloading<Ready> {
  const { promise: ready, resolve } = Promise.withResolvers<Ready>();
  const complain = (text: string): void => void process.stderr.write(text);
  let running: Running<Promise<Ready>> | undefined;
  let isStopped = false;
  const stopRunning = async (): Promise<void> => {
    const stopping = running;
    running = undefined;
    await stopping?.stop();
  };
  const restart = takingTurns(async () => {
    await stopRunning();
    if (isStopped) return;
    const started = launchProgram(args, env, find, complain);
    running = started;
    started.ready.then(resolve, () => undefined);
    started.process.once("exit", (code) => {
      if (running === started) complain(`${name}: ended with ${code}. It starts at the next change.\n`);
    });
  });
  const unwatch = watchFolders(folders, restart);
  restart();
  return {
    ready,
    async stop() {
      isStopped = true;
      unwatch();
      await stopRunning();
    },
  };
}
