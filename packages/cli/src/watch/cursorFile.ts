import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Refused } from "../errors.ts";

/** Reads where a watch was; `undefined` when there is no file yet. */
export function readCursor(path: string): string | undefined {
  try {
    const cursor = readFileSync(path, "utf8").trim();
    return cursor === "" ? undefined : cursor;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Refused(`The cursor file cannot be read: ${(error as Error).message}.`);
  }
}

/** Keeps where a watch is; a kill leaves the old cursor or the new one. */
export function writeCursor(path: string, cursor: string): void {
  try {
    writeFileSync(`${path}.new`, `${cursor}\n`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new Refused(`The cursor file cannot be written: ${(error as Error).message}.`);
  }
}
