#!/usr/bin/env node
import path from "node:path";
import { type CommandLine, readCommandLine } from "./commandLine.ts";
import { generateRouterTypes } from "./generateRouterTypes.ts";
import { formatProblem } from "./problem.ts";
import { readIfPresent, replaceFile } from "./writeGenerated.ts";

const commandLine = readCommandLine(process.argv.slice(2));
process.exitCode = "exitCode" in commandLine ? commandLine.exitCode : run(commandLine);

/** @returns the exit code: 0 for done or up to date, 1 for anything wrong with the router or the file */
function run({ routerFile, exportName, outFile, tsconfig, check }: CommandLine): 0 | 1 {
  try {
    const result = generateRouterTypes({
      routerFile,
      exportName,
      outFile,
      ...(tsconfig === undefined ? {} : { tsconfig }),
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
