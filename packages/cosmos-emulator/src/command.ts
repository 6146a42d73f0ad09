import { Command, InvalidArgumentError } from "commander";
import { InputError, StartError } from "./errors.ts";
import { startEmulator } from "./startEmulator.ts";

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("A port is a whole number from 0 (any free one) to 65535.");
  }
  return port;
}

const splitNames = (text: string): string[] => text.split(",").map((name) => name.trim());

/** The emulator as a command. */
export const program = new Command("cosmos-emulator")
  .description("Azure Cosmos DB and Entra ID, embedded: for the unmodified SDKs, over HTTPS, kept on disk.")
  .option("--port <number>", "the Cosmos DB endpoint's port", parsePort, 8081)
  .option("--identity-port <number>", "the identity endpoint's port", parsePort, 0)
  .option("--data-dir <path>", "where the data stays", ".cosmos")
  .option(
    "--regions <names>",
    "the account's regions, the write region first: 'East US,West Europe'",
    splitNames,
  )
  .option("--enforce-throughput", "throttle to the throughput that containers and databases were given")
  .option("--json", "print the environment for clients as one line of JSON, for programs");

interface CommandOptions {
  readonly port: number;
  readonly identityPort: number;
  readonly dataDir: string;
  readonly regions?: readonly string[];
  readonly enforceThroughput?: boolean;
  readonly json?: boolean;
}

program.action(async ({ regions, ...options }: CommandOptions) => {
  const starting = startEmulator({
    ...options,
    ...(regions && { regions: regions.map((name) => ({ name })) }),
  });
  const emulator = await starting.catch((error: unknown) => {
    if (!(error instanceof StartError || error instanceof InputError)) throw error;
    process.stderr.write(`cosmos-emulator: ${error.message}\n`);
    process.exit(1);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      // A second signal ends the process at once, as by default.
      void emulator.close().then(() => process.exit(0));
    });
  }
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ endpoint: emulator.endpoint, env: emulator.env })}\n`);
    return;
  }
  const variables = Object.entries(emulator.env).map(([name, value]) => `export ${name}='${value}'`);
  process.stdout.write(
    `Cosmos DB is at ${emulator.endpoint}, its data in ${options.dataDir}. Clients take it from:\n\n${variables.join("\n")}\n\nStop with Ctrl-C.\n`,
  );
});
