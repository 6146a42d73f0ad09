import { spawn } from "node:child_process";
import path from "node:path";
import { packageFolder } from "./scratchFolder.ts";

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The compilers that consumers have: the current major and the one before. */
export const compilers = {
  "TypeScript 6": path.join(packageFolder, "node_modules/typescript-6/bin/tsc"),
  "TypeScript 7": path.resolve(packageFolder, "../../node_modules/typescript/bin/tsc"),
} as const;

/** Runs the command line from its sources. */
export function runTypegen(arguments_: readonly string[], cwd: string): Promise<Ended> {
  return runNode([path.join(packageFolder, "src/main.ts"), ...arguments_], cwd);
}

/** Runs a script under this process's own Node. */
export function runNode(arguments_: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, arguments_, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
