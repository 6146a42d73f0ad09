import type { RouterInputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { orRefused } from "../explain.ts";
import { parseItem } from "../itemArgument.ts";
import type { CommonOptions } from "../options.ts";
import { printItem } from "../show.ts";

interface ReplaceOptions extends CommonOptions {
  readonly ifMatch?: string;
}

type ReplaceInput = RouterInputs["items"]["replace"];

/** `items replace <item>`: writes over an item that has to be there. */
export function addReplaceItem(items: Command): void {
  items
    .command("replace")
    .description("Write over an item that is there")
    .argument("<item>", "the whole item as JSON, as it shall be")
    .option("--if-match <etag>", "only over the version of this etag")
    .addHelpText(
      "after",
      `\nExample:\n  cosmos-trpc items replace '{"id":"ada","name":"Ada King"}' --if-match 0000-1`,
    )
    .action(async (text: string, _own: unknown, command: Command) => {
      const { url, json, ifMatch } = command.optsWithGlobals<ReplaceOptions>();
      const { api, usage } = createApi(url);
      const condition: Pick<ReplaceInput, "ifMatch"> = ifMatch === undefined ? {} : { ifMatch };
      const input = { ...parseItem(text), ...condition } as ReplaceInput;
      printItem(await orRefused(api.items.replace.mutate(input, alone), url, usage), json, usage);
    });
}
