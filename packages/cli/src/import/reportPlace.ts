import { rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Refused, WrongUsage } from "../errors.ts";

/** What decides where refused records are told of. */
interface ReportChoice {
  /** The path that the user names. */
  readonly given: string | undefined;
  /** The path beside the input; standard input has none. */
  readonly byDefault: string | undefined;
  /** The path that the run had which is gone on with. */
  readonly kept: string | undefined;
}

/**
 * Where refused records are told of: a run that goes on has its own report, whatever else is named.
 *
 * @throws WrongUsage when the user names another than the kept one
 */
export function reportPlace({ given, byDefault, kept }: ReportChoice): string | undefined {
  const chosen = given ?? byDefault;
  const path = chosen === undefined ? undefined : resolve(chosen);
  if (kept !== undefined && given !== undefined && path !== kept) {
    throw new WrongUsage(
      `The report of this import is ${kept}, and not ${path}: leave --report out to go on, or begin anew with --restart.`,
    );
  }
  return kept ?? path;
}

/**
 * Makes room for a report of which nothing is vouched for yet.
 *
 * @param isOwn whether a file that is there can only be an import's report, and goes; anybody's stays as it is
 * @throws WrongUsage when it stays
 */
export function clearReportPlace(path: string, isOwn: boolean): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    // A folder is nobody's report, and a device must not be taken away.
    if (!found.isFile()) throw new WrongUsage(`The report cannot be ${path}: that is no file.`);
    if (!isOwn) {
      throw new WrongUsage(
        `${path} is there already: name another file with --report, or write over it with --force.`,
      );
    }
    rmSync(path);
  } catch (error) {
    throw error instanceof WrongUsage ? error : unwritable(error);
  }
}

/** The report cannot stand where it should. */
export const unwritable = (error: unknown): Refused =>
  new Refused(
    `The report of what is refused cannot be written: ${(error as Error).message}. Name another place with --report.`,
  );
