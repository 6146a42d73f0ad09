#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { addGetItem } from "./commands/getItem.ts";
import { addUpsertItems } from "./commands/upsertItems.ts";
import { defaultUrl, parseUrl } from "./options.ts";
import { Refused, WrongUsage } from "./refused.ts";
import { printable, showUsage } from "./show.ts";

/** Exit codes: 0 done, 1 refused by the server or no server, 2 wrong usage. */
const exit = { refused: 1, usage: 2 } as const;

const program = new Command("cosmos-trpc")
  .description("The command line of a cosmos-trpc server: a typed tRPC client, end to end.")
  .addOption(
    new Option("--url <url>", "the server's URL")
      .env("COSMOS_TRPC_URL")
      .default(parseUrl(defaultUrl), defaultUrl)
      .argParser(parseUrl),
  )
  .option("--json", "print JSON for machines, one item a line")
  .exitOverride();

const items = program.command("items").description("Read and write items");
addGetItem(items);
addUpsertItems(items);

/** A refused call may have cost something: people see it, a machine's output stays clean. */
function showCharge({ usage }: Refused): void {
  if (usage === undefined || usage.requestCharge === 0 || program.opts<{ json?: boolean }>().json === true)
    return;
  process.stdout.write(`${"charge".padEnd(8)} ${showUsage(usage)}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed what is wrong; asked for help or the version, it ends with 0.
    process.exitCode = error.exitCode === 0 ? 0 : exit.usage;
  } else {
    process.stderr.write(
      `cosmos-trpc: ${printable(error instanceof Error ? error.message : String(error))}\n`,
    );
    if (error instanceof Refused) showCharge(error);
    process.exitCode = error instanceof WrongUsage ? exit.usage : exit.refused;
    if (!(error instanceof WrongUsage || error instanceof Refused)) throw error;
  }
}
