import { Interrupted } from "./errors.ts";
import type { Session } from "./session.ts";

/** As shells have it: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Does work that ends in an orderly way when the process is asked to end, or when nobody reads its output any more; asked
 * to end a second time it ends at once.
 *
 * @param work gets a signal, and rejects when it is aborted
 * @param farewell says how to go on
 * @throws Interrupted, ReaderGone
 */
export async function interruptible<Result>(
  { io, output }: Session,
  work: (signal: AbortSignal) => Promise<Result>,
  farewell: () => string,
): Promise<Result> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const interrupt = (name: NodeJS.Signals): void => {
    exitCode ??= exitCodes[name as keyof typeof exitCodes];
    controller.abort();
  };
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  for (const name of names) io.once(name, interrupt);
  try {
    const result = await work(AbortSignal.any([controller.signal, output.signal]));
    if (exitCode === undefined) return result;
  } catch (error) {
    output.signal.throwIfAborted();
    if (exitCode === undefined) throw error;
  } finally {
    for (const name of names) io.off(name, interrupt);
  }
  throw new Interrupted(farewell(), exitCode);
}
