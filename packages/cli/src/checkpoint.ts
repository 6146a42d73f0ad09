import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Refused, WrongUsage } from "./errors.ts";

/** How often work under way is written down at most, in milliseconds. */
const interval = 500;

/** Work's progress in a file, so that it can go on where it was, even after a kill. */
export interface Checkpoint<Progress> {
  /** How far the work was when it ended; `undefined` when it begins. */
  readonly begun: Progress | undefined;
  /** Writes it down, when the last time is a while ago. */
  save(progress: Progress): void;
  /** Writes it down now. */
  saveNow(progress: Progress): void;
  /** The work is done. */
  remove(): void;
}

/** What the checkpoint is of: the parts by name. Work with other parts is another work. */
export type Task = Readonly<Record<string, unknown>>;

/** Without a file, nothing is kept. */
export const noCheckpoint: Checkpoint<never> = {
  begun: undefined,
  save: () => undefined,
  saveNow: () => undefined,
  remove: () => undefined,
};

/**
 * Opens a checkpoint file.
 *
 * @throws WrongUsage when it is of other work, or is no checkpoint
 */
export function openCheckpoint<Progress extends object>(
  path: string,
  task: Task,
  isRestarted: boolean,
): Checkpoint<Progress> {
  const begun = isRestarted ? undefined : readProgress<Progress>(path, task);
  let savedAt = performance.now();

  function saveNow(progress: Progress): void {
    savedAt = performance.now();
    try {
      replaceFile(path, `${JSON.stringify({ version: 1, task, progress }, null, 2)}\n`);
    } catch (error) {
      throw new Refused(
        `The checkpoint cannot be written: ${(error as Error).message}. Name another place with --checkpoint.`,
      );
    }
  }

  return {
    begun,
    saveNow,
    save(progress) {
      if (performance.now() - savedAt >= interval) saveNow(progress);
    },
    remove() {
      for (const file of [path, `${path}.new`]) rmSync(file, { force: true });
    },
  };
}

function readProgress<Progress>(path: string, task: Task): Progress | undefined {
  let text: string | undefined;
  try {
    text = readIfThere(path);
  } catch (error) {
    throw new WrongUsage(`The checkpoint cannot be read: ${(error as Error).message}.`);
  }
  if (text === undefined) return undefined;
  const mend = "Remove it, begin anew with --restart, or name another with --checkpoint.";
  let kept: { version?: unknown; task?: Task; progress?: Progress } | null;
  try {
    kept = JSON.parse(text) as typeof kept;
  } catch {
    kept = null;
  }
  if (kept?.version !== 1 || typeof kept.task !== "object" || typeof kept.progress !== "object") {
    throw new WrongUsage(`${path} is no checkpoint of this program. ${mend}`);
  }
  const { task: known, progress } = kept;
  const other = Object.keys({ ...known, ...task }).find(
    (part) => !isDeepStrictEqual(known[part], plain(task[part])),
  );
  if (other !== undefined) {
    throw new WrongUsage(
      `The checkpoint ${path} is of other work: its ${other} is ${shown(known[other])}, and here it is ${shown(task[other])}. ${mend}`,
    );
  }
  return progress;
}

/** A file's text; `undefined` when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Puts a new file in the old one's place: a kill leaves one of them whole. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** As it comes back from a file. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

const shown = (value: unknown): string => (value === undefined ? "not given" : JSON.stringify(value));
