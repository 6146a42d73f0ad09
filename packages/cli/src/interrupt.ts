/** The user's Ctrl-C, or a request to end: the process has put its work in order, and ends with this code. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** As shells have it: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Does work that ends in an orderly way when the process is asked to end; asked a second time it ends at once.
 *
 * @param work gets a signal, and rejects when it is aborted
 * @param farewell says how to go on
 * @throws Interrupted
 */
export async function interruptible<Result>(
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
  for (const name of names) process.once(name, interrupt);
  try {
    const result = await work(controller.signal);
    if (exitCode === undefined) return result;
  } catch (error) {
    if (exitCode === undefined) throw error;
  } finally {
    for (const name of names) process.off(name, interrupt);
  }
  throw new Interrupted(farewell(), exitCode);
}
