import { execFile } from "node:child_process";
import { join } from "node:path";

/** This package's folder. */
export const packageFolder = join(import.meta.dirname, "..");

/** The compilers that consumers have: the current major and the one before. */
export const compilers = {
  "TypeScript 6": join(packageFolder, "node_modules/typescript-6/bin/tsc"),
  "TypeScript 7": join(packageFolder, "../../node_modules/typescript/bin/tsc"),
} as const;

/** How a process ended, and what it said, errors included. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

/** Runs a command to its end. */
export const run = (command: string, args: readonly string[], cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: stdout + stderr });
    });
  });

/** Runs a script under this process's own Node. */
export const runNode = (args: readonly string[], cwd: string): Promise<Ended> =>
  run(process.execPath, args, cwd);
