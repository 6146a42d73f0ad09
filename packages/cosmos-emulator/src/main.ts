#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import { startEmulator } from "./startEmulator.ts";
import { StartError } from "./startError.ts";

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("A port is a whole number from 0 (any free one) to 65535.");
  }
  return port;
}

const program = new Command("cosmos-emulator")
  .description("Azure Cosmos DB and Entra ID, embedded: for the unmodified SDKs, over HTTPS, kept on disk.")
  .option("--port <number>", "the Cosmos DB endpoint's port", parsePort, 8081)
  .option("--identity-port <number>", "the identity endpoint's port", parsePort, 0)
  .option("--data-dir <path>", "where the data stays", ".cosmos")
  .option("--json", "print the environment for clients as one line of JSON, for programs");

program.action(async (options: { port: number; identityPort: number; dataDir: string; json?: boolean }) => {
  const emulator = await startEmulator(options).catch((error: unknown) => {
    if (!(error instanceof StartError)) throw error;
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

await program.parseAsync();
