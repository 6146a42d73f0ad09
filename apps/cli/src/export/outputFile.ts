import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { Output } from "../output.ts";
import { Refused, WrongUsage } from "../refused.ts";

/** A file that is written from its beginning, or on from where it was whole. */
export interface OutputFile extends Output {
  /** Bytes so far. */
  size(): number;
  close(): void;
}

/**
 * Opens it.
 *
 * @param from bytes of it that an earlier run vouched for; `undefined` begins a new file
 * @param mayReplace whether a file that is there is written over
 */
export function openOutputFile(path: string, from: number | undefined, mayReplace: boolean): OutputFile {
  if (from === undefined && !mayReplace && existsSync(path)) {
    throw new WrongUsage(`${path} is there already: name another file, or write over it with --force.`);
  }
  const file = attempt(() => openSync(path, from === undefined ? "w" : "r+"));
  let size = from ?? 0;
  if (from !== undefined) {
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
      return true;
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
