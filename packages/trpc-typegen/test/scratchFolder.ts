import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** This package's folder. */
export const packageFolder = path.resolve(import.meta.dirname, "..");

/** @returns an empty folder outside the workspace in which this package's dependencies resolve, gone after the test */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "trpc-typegen-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(path.join(packageFolder, "node_modules"), path.join(folder, "node_modules"), "dir");
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
  return folder;
}
