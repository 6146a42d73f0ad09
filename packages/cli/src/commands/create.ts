import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { orRefused } from "../explain.ts";
import { type ItemInput, parseItem } from "../itemArgument.ts";
import type { CommonOptions } from "../options.ts";
import { printItem } from "../show.ts";

/** `items create <item>`: writes an item that must not be there. */
export function addCreateItem(items: Command): void {
  items
    .command("create")
    .description("Write an item that is not there yet")
    .argument("<item>", "the item as JSON")
    .addHelpText("after", `\nExample:\n  cosmos-trpc items create '{"id":"ada","name":"Ada Lovelace"}'`)
    .action(async (text: string, _own: unknown, command: Command) => {
      const { url, json } = command.optsWithGlobals<CommonOptions>();
      const { api, usage } = createApi(url);
      const item = parseItem(text) as ItemInput;
      printItem(await orRefused(api.items.create.mutate(item, alone), url, usage), json, usage);
    });
}
