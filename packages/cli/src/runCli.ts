import { setFlagsFromString } from "node:v8";
import type { CliOptions } from "./options.ts";
import { exitCodes, run } from "./program.ts";
import { printable } from "./terminal/show.ts";

/** The oldest Node that has what this uses: `JSON.parse` that says how a number was written. */
const oldestNode = "22.18";

/**
 * Runs the command line of an API, with this process' arguments and streams, and sets its exit code: 0 done (or nobody
 * reads the output any more), 1 refused or no server, 2 wrong usage, 130 and 143 ended by a signal.
 *
 * @example
 * await runCli({ name: "shop", version: "1.0.0", createClient, manifest });
 */
export async function runCli(options: CliOptions): Promise<void> {
  if (Number.parseFloat(process.versions.node) < Number.parseInt(oldestNode, 10)) {
    process.stderr.write(
      `${options.name}: This needs Node ${oldestNode} or later, and here is ${process.versions.node}.\n`,
    );
    process.exit(exitCodes.refused);
  }
  keepHeapSmall();
  // Where nobody can be told anything, there is nothing to tell.
  process.stderr.on("error", () => undefined);
  const code = await run(options, process.argv.slice(2), process, (error) => {
    process.stderr.write(`${options.name}: The output cannot be written: ${printable(error.message)}.\n`);
    process.exit(exitCodes.refused);
  });
  process.exitCode = code;
}

/**
 * Has V8 keep its heap small. Long work makes little that stays and much that does not; V8 would give what is new up to
 * 48 MB, and what it takes for old up to twice what was needed, before it looks: an import would hold 250 MB, and 200
 * with the first flag alone, instead of 140.
 */
function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  // Percent that the old part may grow by between two looks.
  setFlagsFromString("--heap-growing-percent=50");
}
