import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { createParsedFiles } from "../src/index.ts";

/** This package's folder. */
export const packageFolder = path.resolve(import.meta.dirname, "..");

/** What all tests have installed in common is parsed once. */
export const parsedFiles = createParsedFiles();

/** @returns an empty folder outside the workspace, a module's, gone after the test */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "trpc-typegen-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
  return folder;
}

/** @returns such a folder in which this package's dependencies resolve */
export function scratchFolder(): string {
  const folder = emptyFolder();
  symlinkSync(path.join(packageFolder, "node_modules"), path.join(folder, "node_modules"), "dir");
  return folder;
}
