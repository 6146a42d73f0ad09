import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript-6";
import { runNode } from "./runProcess.ts";
import { packageFolder, parsedFiles } from "./scratchFolder.ts";

/** The compilers that consumers have: the current major and the one before. */
export const compilers = ["TypeScript 6", "TypeScript 7"] as const;

const typescript7 = path.resolve(packageFolder, "../../node_modules/typescript/bin/tsc");

/** The path of the types that compare two routers. */
export const comparison = path.join(packageFolder, "test/compare/differences.ts");

/**
 * Compiles some files under the strictest settings.
 * @param folder where to put them
 * @param files their text by name
 * @param options compiler options on top
 * @returns the compiler's errors as it writes them; nothing when there are none
 */
export async function compileConsumer(
  folder: string,
  files: Readonly<Record<string, string>>,
  compiler: (typeof compilers)[number],
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
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
  const tsconfig = path.join(folder, "tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  if (compiler === "TypeScript 6") return compileInProcess(tsconfig);
  // Each of its checkers would check for itself what all consumers share.
  const { code, stdout, stderr } = await runNode([typescript7, "-p", tsconfig, "--singleThreaded"], folder);
  return code === 0 ? `${stdout}${stderr}` : `exit code ${code}\n${stdout}${stderr}`;
}

/** Does what `tsc` does, and shares with all other tests what it has parsed. */
function compileInProcess(tsconfig: string): string {
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(tsconfig, ts.sys.readFile).config,
    ts.sys,
    path.dirname(tsconfig),
    undefined,
    tsconfig,
  );
  const host = ts.createCompilerHost(options);
  const readFromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...how) => parsedFiles.read(file, options, () => readFromDisk(file, ...how));
  const program = ts.createProgram({ rootNames: fileNames, options, host });
  return ts.formatDiagnostics([...errors, ...ts.getPreEmitDiagnostics(program)], host);
}
