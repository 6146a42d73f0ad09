import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StartError } from "./errors.ts";

/** Where the emulator keeps its files. */
export interface DataFolder {
  readonly database: string;
  readonly certificates: string;
  readonly signingKey: string;
  /** Removes a folder that was made for this run only. */
  dispose(): void;
}

/**
 * Makes the folder if it is missing; without a path, one for this run only.
 *
 * @throws StartError when it cannot be made or written.
 */
export function openDataFolder(path: string | undefined): DataFolder {
  const folder = path === undefined ? mkdtempSync(join(tmpdir(), "cosmos-emulator-")) : resolve(path);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new StartError(
      `The data folder ${folder} cannot be used (${reason}): choose one that this user can write, with --data-dir or dataDir.`,
    );
  }
  return {
    database: join(folder, "cosmos.db"),
    certificates: join(folder, "certificates"),
    signingKey: join(folder, "signing-key.json"),
    dispose() {
      if (path === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Works on a file of the data folder.
 *
 * @throws StartError when the file system refuses.
 */
export function onFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StartError(
      `${file} cannot be used (${code}): give this user access, or choose another data folder with --data-dir or dataDir.`,
    );
  }
}
