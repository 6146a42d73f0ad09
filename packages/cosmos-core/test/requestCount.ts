import type { RunningEmulator } from "./runningEmulator.ts";

/** How many requests the emulator's regions receive while some work is done. */
export async function requestsOf(emulator: RunningEmulator, work: () => Promise<unknown>): Promise<number> {
  const count = (): number =>
    emulator
      .current()
      .regions.list()
      .reduce((sum, { requests }) => sum + requests, 0);
  const before = count();
  await work();
  return count() - before;
}
