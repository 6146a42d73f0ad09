import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import type { TestProject } from "vitest/node";
import { commandConfig } from "../rolldown.command.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The file of the command, built from the sources as they are. */
    command: string;
  }
}

const root = join(import.meta.dirname, "..");
let folder: string | undefined;

/** Builds the command once for all tests that start it: built, it starts in a fraction of its sources' time. */
export async function setup({ provide }: TestProject): Promise<void> {
  // Below the package, so that it finds what it loads later.
  folder = mkdtempSync(join(root, "node_modules/.command-"));
  const { output, ...input } = commandConfig;
  const bundle = await rolldown({ ...input, cwd: root });
  await bundle.write({ ...output, dir: folder });
  await bundle.close();
  provide("command", join(folder, "main.cjs"));
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true });
}
