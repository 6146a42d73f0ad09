import path from "node:path";
import ts from "typescript-6";
import type { Problem } from "../problem.ts";
import { diagnosticProblem } from "./diagnosticProblem.ts";

/** How the server's project compiles, as far as reading one of its files needs it. */
export interface CompilerSettings {
  readonly options: ts.CompilerOptions;
  /** Ambient declarations that the project includes next to the router's own imports. */
  readonly ambientFiles: readonly string[];
}

/** For a router outside any project: what a new Node project would choose. */
const settingsWithoutProject: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

/** What only matters for compiling to files, or is a matter of taste and not of types. */
const overrides: ts.CompilerOptions = {
  noEmit: true,
  declaration: false,
  declarationMap: false,
  emitDeclarationOnly: false,
  composite: false,
  incremental: false,
  isolatedDeclarations: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  // The router may belong to a project on TypeScript 5, whose older options 6 refuses otherwise.
  ignoreDeprecations: "6.0",
};

/** The code for "no inputs were found": of no concern, since the router is the input. */
const noInputsFound = 18003;

/**
 * Reads the compiler settings that hold for the router.
 * @param routerFile the router's absolute path
 * @param tsconfig the project file's absolute path; by default the nearest `tsconfig.json` above the router
 * @returns the settings, or what is wrong with the project file
 */
export function readCompilerSettings(
  routerFile: string,
  tsconfig: string | undefined,
): CompilerSettings | readonly Problem[] {
  const configFile = tsconfig ?? ts.findConfigFile(path.dirname(routerFile), ts.sys.fileExists);
  // A router in JavaScript is read whatever its project says: it is what was asked for.
  const ownOverrides: ts.CompilerOptions = /\.[cm]?jsx?$/u.test(routerFile)
    ? { ...overrides, allowJs: true }
    : overrides;
  if (configFile === undefined) {
    return { options: { ...settingsWithoutProject, ...ownOverrides }, ambientFiles: [] };
  }
  const unreadable: ts.Diagnostic[] = [];
  const parsed = ts.getParsedCommandLineOfConfigFile(configFile, ownOverrides, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => unreadable.push(diagnostic),
  });
  const errors = [...unreadable, ...(parsed?.errors ?? [])].filter(
    (diagnostic) => diagnostic.code !== noInputsFound && diagnostic.category === ts.DiagnosticCategory.Error,
  );
  if (parsed === undefined || errors.length > 0) {
    return errors.map((error) => diagnosticProblem(error, configFile));
  }
  const isStrict = parsed.options.strictNullChecks ?? parsed.options.strict ?? true;
  if (!isStrict) {
    return [
      { file: configFile, message: 'tRPC\'s types need "strict": true, and this project turns it off' },
    ];
  }
  // TypeScript moves these out of sight of each other when it merges an `extends` chain, so they are set last.
  const options: ts.CompilerOptions = { ...parsed.options, ...ownOverrides };
  delete options.tsBuildInfoFile;
  return { options, ambientFiles: parsed.fileNames.filter((file) => /\.d\.[cm]?ts$/u.test(file)) };
}
