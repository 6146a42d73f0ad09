import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { Refused } from "../refused.ts";

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
 * Opens a report.
 *
 * @param from bytes of it that an earlier run vouched for; what stands after them is written again
 */
export function openReport(path: string, from: number): RefusalReport {
  let file: number | undefined;
  let size = from;

  function open(): number {
    const opened = openSync(path, from > 0 ? "r+" : "w");
    if (fstatSync(opened).size < from) {
      closeSync(opened);
      throw new Refused(
        `The report ${path} is shorter than it was when the import was cut. Begin the import anew with --restart.`,
      );
    }
    ftruncateSync(opened, from);
    return opened;
  }

  try {
    if (from > 0) file = open();
    else rmSync(path, { force: true });
  } catch (error) {
    throw error instanceof Refused ? error : unwritable(error);
  }
  return {
    path,
    size: () => size,
    add(refusal) {
      try {
        file ??= open();
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

const unwritable = (error: unknown): Refused =>
  new Refused(
    `The report of what is refused cannot be written: ${(error as Error).message}. Name another place with --report.`,
  );
