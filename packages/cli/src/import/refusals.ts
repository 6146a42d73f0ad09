import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { Refused } from "../errors.ts";
import { unwritable } from "./reportPlace.ts";

/** One line of the report: a record that was not written, and why. */
export interface Refusal {
  readonly line: number;
  /** The item's id, where it has one. */
  readonly id?: unknown;
  /** The API's word for it; `unreadable` for what is no item. */
  readonly reason: string;
  readonly message: string;
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
}

/** The report of refused records: NDJSON in a file that is there when something was refused. */
export interface RefusalReport {
  readonly path: string;
  add(refusal: Refusal): void;
  /** Bytes so far. */
  size(): number;
  close(): void;
}

/**
 * Opens a report. A new one is made with its first line, and over no file that came there meanwhile.
 *
 * @param from bytes of it that an earlier run vouched for; what stands after them is written again
 */
export function openReport(path: string, from: number): RefusalReport {
  let file = from > 0 ? openKept(path, from) : undefined;
  let size = from;
  return {
    path,
    size: () => size,
    add(refusal) {
      try {
        file ??= openSync(path, "wx");
        size += writeSync(file, `${JSON.stringify(refusal)}\n`, size);
      } catch (error) {
        throw unwritable(error);
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}

function openKept(path: string, from: number): number {
  try {
    const file = openSync(path, "r+");
    if (fstatSync(file).size >= from) {
      ftruncateSync(file, from);
      return file;
    }
    closeSync(file);
  } catch (error) {
    throw unwritable(error);
  }
  throw new Refused(
    `The report ${path} is shorter than it was when the import was cut. Begin the import anew with --restart.`,
  );
}
