import { spawn } from "node:child_process";
import path from "node:path";
import { vi } from "vitest";
import { runCommand } from "../src/runCommand.ts";
import { packageFolder, parsedFiles } from "./scratchFolder.ts";

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command from its sources as a process: it takes a second, most of it to load the compiler. */
export function spawnTypegen(arguments_: readonly string[], cwd: string): Promise<Ended> {
  return runNode([path.join(packageFolder, "src/main.ts"), ...arguments_], cwd);
}

/** Runs the command in a folder, in this process. */
export function runTypegen(arguments_: readonly string[], cwd: string): Ended {
  const before = process.cwd();
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) => {
    const texts: string[] = [];
    const write = vi.spyOn(stream, "write").mockImplementation((text) => texts.push(String(text)) > 0);
    return { texts, write };
  });
  process.chdir(cwd);
  try {
    const code = runCommand(arguments_, parsedFiles);
    return { code, stdout: stdout?.texts.join("") ?? "", stderr: stderr?.texts.join("") ?? "" };
  } finally {
    process.chdir(before);
    for (const caught of [stdout, stderr]) caught?.write.mockRestore();
  }
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
