import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type RolldownOptions, rolldown } from "rolldown";
import type { TestProject } from "vitest/node";
import { commandConfig } from "../../cosmos-emulator/rolldown.command.ts";

const root = join(import.meta.dirname, "..");
let folder: string | undefined;

/** Builds once what tests start as processes: built, it starts in a fraction of its sources' time. */
export async function setup({ provide }: TestProject): Promise<void> {
  // Below the package, so that the server finds the files of the documentation's viewer.
  const dir = mkdtempSync(join(root, "node_modules/.programs-"));
  folder = dir;
  const { output: _, ...emulator } = commandConfig;
  await Promise.all([
    // A chunk is named as its source, by which a test holds up the one with the SDK.
    build({ ...emulator, input: { app: join(root, "test/app.ts") }, output: esm(dir) }),
    build({
      ...commandConfig,
      cwd: join(root, "../cosmos-emulator"),
      output: { ...commandConfig.output, dir: join(dir, "emulator") },
    }),
  ]);
  provide("programs", dir);
}

const esm = (dir: string) =>
  ({ dir, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" }) as const;

async function build({ output, ...input }: RolldownOptions): Promise<void> {
  const bundle = await rolldown(input);
  if (output !== undefined && !Array.isArray(output)) await bundle.write(output);
  await bundle.close();
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true });
}
