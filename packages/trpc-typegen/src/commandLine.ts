import { Command, CommanderError, InvalidArgumentError } from "commander";

/** What the command is to do. */
export interface CommandLine {
  readonly routerFile: string;
  readonly exportName: string;
  readonly outFile: string;
  readonly tsconfig: string | undefined;
  readonly check: boolean;
}

/** The command was called in a way that it does not understand, or only asked for help. */
export interface CommandLineEnd {
  readonly exitCode: 0 | 2;
}

/** @returns what to do, or how to exit; explanations have been written by then */
export function readCommandLine(argv: readonly string[]): CommandLine | CommandLineEnd {
  const command = new Command("trpc-typegen")
    .description("Writes a tRPC router's public types to one declaration file.")
    .argument("<router file>", "the TypeScript file that exports the router")
    .requiredOption(
      "--out <file>",
      "the declaration file to write (.d.ts, .d.mts or .d.cts)",
      declarationFile,
    )
    .option("--export <name>", "the router's exported name, a value or a type", "appRouter")
    .option("--tsconfig <file>", "the router's project (default: the nearest tsconfig.json above it)")
    .option("--check", "write nothing; exit 1 when the file is not what would be written", false)
    .allowExcessArguments(false)
    .showHelpAfterError()
    .exitOverride();
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
  const [routerFile = ""] = command.args;
  const options = command.opts<{ out: string; export: string; tsconfig?: string; check: boolean }>();
  return {
    routerFile,
    exportName: options.export,
    outFile: options.out,
    tsconfig: options.tsconfig,
    check: options.check,
  };
}

function declarationFile(value: string): string {
  if (/\.d\.[cm]?ts$/u.test(value)) return value;
  throw new InvalidArgumentError("It must end in .d.ts, .d.mts or .d.cts.");
}
