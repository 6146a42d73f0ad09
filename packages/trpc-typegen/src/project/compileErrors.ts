import type ts from "typescript-6";
import type { Problem } from "../problem.ts";
import { diagnosticProblem } from "./diagnosticProblem.ts";
import { ownSourceFiles } from "./sourceFiles.ts";

/**
 * "File is not under rootDir": of concern only where files are written. A project that reads another's sources by `paths`
 * is built by `tsc -b`, which knows whose files they are.
 */
const outsideRootDir = 6059;

/** @returns what `tsc` would report for the router and everything of the project's own that it imports */
export function compileErrors(program: ts.Program, routerFile: string): readonly Problem[] {
  const found = [
    ...program.getGlobalDiagnostics(),
    ...ownSourceFiles(program).flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  return found
    .filter(({ code }) => code !== outsideRootDir)
    .map((diagnostic) => diagnosticProblem(diagnostic, routerFile));
}
