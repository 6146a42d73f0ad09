#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { addCreateItem } from "./commands/createItem.ts";
import { addDeleteItems } from "./commands/deleteItems.ts";
import { addExportItems } from "./commands/exportItems.ts";
import { addGetItem } from "./commands/getItem.ts";
import { addImportItems } from "./commands/importItems.ts";
import { addListItems } from "./commands/listItems.ts";
import { addPatchItem } from "./commands/patchItem.ts";
import { addReplaceItem } from "./commands/replaceItem.ts";
import { addUpsertItems } from "./commands/upsertItems.ts";
import { addWatchItems } from "./commands/watchItems.ts";
import { Interrupted } from "./interrupt.ts";
import { defaultUrl, parseUrl } from "./options.ts";
import { Refused, WrongUsage } from "./refused.ts";
import { printable, printableLines, showUsage } from "./show.ts";
import { version } from "./version.ts";

/** Exit codes: 0 done, 1 refused by the server or no server, 2 wrong usage; interrupted as shells have it. */
const exit = { refused: 1, usage: 2 } as const;

// Set to nothing counts as not set, as in the server's environment.
if (process.env["COSMOS_TRPC_URL"] === "") delete process.env["COSMOS_TRPC_URL"];

const program = new Command("cosmos-trpc")
  .description("The command line of a cosmos-trpc server: a typed tRPC client, end to end.")
  .addOption(
    new Option("--url <url>", "the server's URL")
      .env("COSMOS_TRPC_URL")
      .default(parseUrl(defaultUrl), defaultUrl)
      .argParser(parseUrl),
  )
  .option("--json", "print JSON for machines, one item a line")
  .version(version, "--version", "print the version")
  .addHelpText(
    "after",
    `
Exit codes: 0 done; 1 refused, in part or as a whole, or no server; 2 wrong usage; 130 ended by Ctrl-C.

Examples:
  cosmos-trpc items upsert '{"id":"ada","name":"Ada Lovelace"}'
  cosmos-trpc items list --where "name startsWith A"
  cosmos-trpc items import items.ndjson`,
  )
  // What somebody typed or pasted steers the terminal no more than what is stored.
  .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })
  .exitOverride();

const items = program.command("items").description("Read and write items");
for (const add of [
  addGetItem,
  addListItems,
  addCreateItem,
  addUpsertItems,
  addReplaceItem,
  addPatchItem,
  addDeleteItems,
  addImportItems,
  addExportItems,
  addWatchItems,
]) {
  add(items);
}

/** What a refused call cost, for people; a machine's output has just the sentence. */
function cost(error: unknown): string {
  const usage = error instanceof Refused ? error.usage : undefined;
  if (usage === undefined || usage.requestCharge === 0 || program.opts<{ json?: boolean }>().json === true)
    return "";
  return ` (${showUsage(usage)})`;
}

// Who reads the output may have enough of it (`| head`) and close it: that is no failure, and the work goes on.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`cosmos-trpc: The output cannot be written: ${printable(error.message)}.\n`);
  process.exit(exit.refused);
});
// Where nobody can be told anything, there is nothing to tell.
process.stderr.on("error", () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed what is wrong; asked for help, it ends with 0.
    process.exitCode = error.exitCode === 0 ? 0 : exit.usage;
  } else {
    process.stderr.write(
      `cosmos-trpc: ${printable(error instanceof Error ? error.message : String(error))}${cost(error)}\n`,
    );
    if (error instanceof Interrupted) process.exitCode = error.exitCode;
    else process.exitCode = error instanceof WrongUsage ? exit.usage : exit.refused;
    if (!(error instanceof WrongUsage || error instanceof Refused || error instanceof Interrupted))
      throw error;
  }
}
