import type { RouterInputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { explain } from "../explain.ts";
import type { CommonOptions } from "../options.ts";
import { Refused } from "../refused.ts";
import { showItem } from "../show.ts";

type Key = RouterInputs["items"]["get"];

interface GetOptions extends CommonOptions {
  readonly pk?: string;
}

/** `items get <id>`: a point read. */
export function addGetItem(items: Command): void {
  items
    .command("get")
    .description("Get one item by its id")
    .argument("<id>", "the item's id")
    .option("--pk <value>", "its partition key (default: the id)")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { url, json, pk } = command.optsWithGlobals<GetOptions>();
      const { api, usage } = createApi(url);
      const key: Key = pk === undefined ? { id } : { id, pk };
      const item = await api.items.get.query(key, alone).catch((error: unknown) => {
        throw new Refused(explain(error, url), usage());
      });
      process.stdout.write(json === true ? `${JSON.stringify(item)}\n` : showItem(item, usage()));
    });
}
