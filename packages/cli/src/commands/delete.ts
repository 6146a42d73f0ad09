import type { RouterInputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { explain, isUnanswered, orRefused } from "../explain.ts";
import { inOrder } from "../inOrder.ts";
import type { CommonOptions } from "../options.ts";
import { Refused, WrongUsage } from "../refused.ts";
import { countItems, jsonLine, showUsage } from "../show.ts";
import { tell, tellDone } from "../tell.ts";

interface DeleteOptions extends CommonOptions {
  readonly pk?: string;
  readonly ifMatch?: string;
}

type DeleteInput = RouterInputs["items"]["delete"];

/** Calls that are on their way at once. */
const concurrency = 16;

/** `items delete <id…>`. */
export function addDeleteItems(items: Command): void {
  items
    .command("delete")
    .description("Delete items by their ids")
    .argument("<id...>", "the items' ids")
    .option("--pk <value>", "their partition key (default: each one's id)")
    .option("--if-match <etag>", "only the version of this etag (one item)")
    .addHelpText(
      "after",
      "\nExamples:\n  cosmos-trpc items delete ada\n  cosmos-trpc items delete bolt nut --pk shelf",
    )
    .action(async (ids: string[], _own: unknown, command: Command) => {
      const { url, json, pk, ifMatch } = command.optsWithGlobals<DeleteOptions>();
      if (ifMatch !== undefined && ids.length > 1) throw new WrongUsage("--if-match goes with one item.");
      const { api, usage } = createApi(url);
      const inputs = ids.map(
        (id): DeleteInput => ({
          id,
          ...(pk === undefined ? {} : { pk }),
          ...(ifMatch === undefined ? {} : { ifMatch }),
        }),
      );
      const [only] = inputs;
      if (only !== undefined && inputs.length === 1)
        await orRefused(api.items.delete.mutate(only, alone), url, usage);
      const refused = inputs.length > 1 ? await deleteMany(inputs) : 0;
      const deleted = ids.length - refused;
      if (json === true)
        process.stdout.write(jsonLine({ deleted, refused, requestCharge: usage().requestCharge }));
      tellDone(`${countItems(deleted)} deleted: ${showUsage(usage())}`, json);
      if (refused > 0) throw new Refused(`${refused} of ${countItems(ids.length)} were refused.`);

      async function deleteMany(keys: readonly DeleteInput[]): Promise<number> {
        let count = 0;
        const failures = inOrder(streamOf(keys), concurrency, async (key) => {
          try {
            await api.items.delete.mutate(key, alone);
            return undefined;
          } catch (error) {
            if (isUnanswered(error)) throw new Refused(explain(error, url), usage());
            return `'${key.id}': ${explain(error, url)}`;
          }
        });
        for await (const failure of failures) {
          if (failure === undefined) continue;
          count += 1;
          tell(failure);
        }
        return count;
      }
    });
}

async function* streamOf<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}
