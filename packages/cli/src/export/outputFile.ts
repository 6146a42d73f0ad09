import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Refused, WrongUsage } from "../errors.ts";

/** A file that is written from its beginning, or on from where it was whole. */
export interface OutputFile {
  write(text: string): Promise<void>;
  /** Bytes so far. */
  size(): number;
  close(): void;
}

/** @throws Refused when the folder that it shall be in is not there */
export function requireFolder(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new Refused(`The folder ${folder} is not there: make it, or name another file.`);
}

/** A file that is there stays as it is. @throws WrongUsage */
export function refuseExisting(path: string): void {
  if (existsSync(path)) {
    throw new WrongUsage(`${path} is there already: name another file, or write over it with --force.`);
  }
}

/**
 * Opens it.
 *
 * @param from bytes of it that an earlier run vouched for; 0 begins a new file
 */
export function openOutputFile(path: string, from: number): OutputFile {
  const file = attempt(() => openSync(path, from === 0 ? "w" : "r+"));
  let size = from;
  if (from > 0) {
    if (fstatSync(file).size < from) {
      closeSync(file);
      throw new Refused(`${path} is shorter than it was when the export was cut: begin anew with --restart.`);
    }
    // What was written after the last checkpoint comes again.
    ftruncateSync(file, from);
  }
  return {
    size: () => size,
    close: () => closeSync(file),
    async write(text) {
      const bytes = Buffer.from(text);
      attempt(() => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, size + at);
      });
      size += bytes.length;
    },
  };
}

function attempt<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Refused(`The output cannot be written: ${(error as Error).message}.`);
  }
}
