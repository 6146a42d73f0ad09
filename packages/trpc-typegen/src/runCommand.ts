import path from "node:path";
import { type CommandLine, readCommandLine } from "./commandLine.ts";
import { generateRouterTypes } from "./generateRouterTypes.ts";
import { formatProblem } from "./problem.ts";
import type { ParsedFiles } from "./project/parsedFiles.ts";
import { readIfPresent, replaceFile } from "./writeGenerated.ts";

/**
 * Runs the command.
 * @param argv what follows its name
 * @returns the exit code: 0 for done or up to date, 1 for anything wrong with the router or the file, 2 for a command
 * line that is not understood
 */
export function runCommand(argv: readonly string[], parsedFiles?: ParsedFiles): 0 | 1 | 2 {
  const commandLine = readCommandLine(argv);
  return "exitCode" in commandLine ? commandLine.exitCode : generate(commandLine, parsedFiles);
}

function generate(commandLine: CommandLine, parsedFiles: ParsedFiles | undefined): 0 | 1 {
  const { routerFile, exportName, outFile, tsconfig, check } = commandLine;
  try {
    const result = generateRouterTypes({
      routerFile,
      exportName,
      outFile,
      ...(tsconfig === undefined ? {} : { tsconfig }),
      ...(parsedFiles === undefined ? {} : { parsedFiles }),
    });
    if (!result.ok) {
      for (const problem of result.problems) say(formatProblem(problem, shownPath));
      say(
        `${result.problems.length === 1 ? "1 problem" : `${result.problems.length} problems`}; ${outFile} is left as it is`,
      );
      return 1;
    }
    const isCurrent = readIfPresent(outFile) === result.text;
    if (check && !isCurrent) {
      say(`${outFile} is stale: run trpc-typegen without --check and commit the result`);
      return 1;
    }
    if (!isCurrent) replaceFile(outFile, result.text);
    return 0;
  } catch (error) {
    say(`${outFile}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function shownPath(file: string): string {
  return path.relative(process.cwd(), file).replaceAll(path.sep, "/");
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
