import { readIfThere, replaceFile } from "../checkpoint.ts";
import { Refused } from "../errors.ts";

/** Reads where a watch was; `undefined` when there is no file yet. */
export const readCursor = (path: string): string | undefined =>
  orRefused("read", () => readIfThere(path)?.trim() || undefined);

/** Keeps where a watch is; a kill leaves the old cursor or the new one. */
export const writeCursor = (path: string, cursor: string): void =>
  orRefused("written", () => replaceFile(path, `${cursor}\n`));

function orRefused<Result>(done: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Refused(`The cursor file cannot be ${done}: ${(error as Error).message}.`);
  }
}
