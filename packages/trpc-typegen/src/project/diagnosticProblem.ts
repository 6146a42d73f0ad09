import ts from "typescript-6";
import type { Problem } from "../problem.ts";

/**
 * @param diagnostic an error from the compiler
 * @param fallbackFile the file to name when the compiler names none
 * @returns the same error as one of ours
 */
export function diagnosticProblem(diagnostic: ts.Diagnostic, fallbackFile: string): Problem {
  const message = `${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")} (TS${diagnostic.code})`;
  if (diagnostic.file === undefined || diagnostic.start === undefined) return { file: fallbackFile, message };
  const { line, character } = ts.getLineAndCharacterOfPosition(diagnostic.file, diagnostic.start);
  return { file: diagnostic.file.fileName, position: { line: line + 1, column: character + 1 }, message };
}
