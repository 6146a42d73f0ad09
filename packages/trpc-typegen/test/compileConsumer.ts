import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Ended, runNode } from "./runProcess.ts";
import { packageFolder } from "./scratchFolder.ts";

/** The path of the types that compare two routers. */
export const comparison = path.join(packageFolder, "test/compare/differences.ts");

/**
 * Compiles some files under the strictest settings.
 * @param folder where to put them
 * @param files their text by name
 * @param compiler the path of the compiler
 * @param options compiler options on top
 */
export async function compileConsumer(
  folder: string,
  files: Readonly<Record<string, string>>,
  compiler: string,
  options: Readonly<Record<string, unknown>>,
): Promise<Ended> {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const compilerOptions = {
    strict: true,
    target: "es2024",
    module: "nodenext",
    noEmit: true,
    allowImportingTsExtensions: true,
    noUncheckedIndexedAccess: true,
    lib: ["es2024", "esnext.disposable", "esnext.iterator", "dom", "dom.iterable", "dom.asynciterable"],
    types: [],
    ...options,
  };
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: Object.keys(files) }),
  );
  return await runNode([compiler, "-p", "."], folder);
}
