import { type Item, type ItemsClient, isItemsError, type RouterInputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { isUnanswered, orRefused } from "../explain.ts";
import { inOrder } from "../inOrder.ts";
import type { CommonOptions } from "../options.ts";
import { Refused } from "../refused.ts";
import { countItems, jsonLine, printable, printItem, showFields, showUsage } from "../show.ts";

type Key = RouterInputs["items"]["get"];

interface GetOptions extends CommonOptions {
  readonly pk?: string;
}

/** Keys of one call. The server takes up to 1,000; of fewer the first items are shown sooner. */
const mostKeys = 250;

/** Calls that are on their way at once. */
const concurrency = 4;

/** `items get <id…>`: point reads. */
export function addGetItem(items: Command): void {
  items
    .command("get")
    .description("Get items by their ids")
    .argument("<id...>", "the items' ids, as many as there are")
    .option("--pk <value>", "their partition key (default: each one's id)")
    .addHelpText(
      "after",
      "\nExamples:\n  cosmos-trpc items get ada\n  cosmos-trpc items get bolt nut --pk shelf --json",
    )
    .action(async (ids: string[], _own: unknown, command: Command) => {
      const { url, json, pk } = command.optsWithGlobals<GetOptions>();
      const { api, usage } = createApi(url);
      const scope: Pick<Key, "pk"> = pk === undefined ? {} : { pk };
      const keys = ids.map((id): Key => ({ id, ...scope }));
      const [only] = keys;
      if (only !== undefined && keys.length === 1) {
        printItem(await orRefused(api.items.get.query(only, alone), url, usage), json, usage);
        return;
      }
      const calls = inOrder(calling(keys), concurrency, async (group) => ({
        group,
        answers: await readGroup(api, group),
      }));
      let missing = 0;
      let shown = 0;
      for (;;) {
        const { done, value } = await orRefused(calls.next(), url, usage);
        if (done === true) break;
        for (const [index, { item, error }] of value.answers.entries()) {
          if (item === undefined) {
            missing += 1;
            process.stderr.write(`cosmos-trpc: ${printable(`'${value.group[index]?.id}': ${error}`)}\n`);
          } else {
            process.stdout.write(
              json === true ? jsonLine(item) : `${shown > 0 ? "\n" : ""}${showFields(item)}`,
            );
            shown += 1;
          }
        }
      }
      if (json !== true) process.stdout.write(`\n${countItems(shown)}: ${showUsage(usage())}\n`);
      if (missing > 0) throw new Refused(`${missing} of ${countItems(keys.length)} could not be had.`);
    });
}

/** What became of one key: its item, or why there is none. */
interface Answer {
  readonly item?: Item;
  readonly error?: string;
}

/** Reads a group in one call. One wrong id is refused as the whole: then each has a call of its own. */
async function readGroup(api: ItemsClient, group: Key[]): Promise<Answer[]> {
  try {
    const answers = await api.items.getMany.query(group, alone);
    return answers.map((answer) =>
      "item" in answer ? { item: answer.item } : { error: answer.error.message },
    );
  } catch (error) {
    if (!isItemsError(error, "invalid")) throw error;
    return Promise.all(
      group.map((key) =>
        api.items.get.query(key, alone).then(
          (item): Answer => ({ item }),
          (refused: unknown): Answer => {
            if (isUnanswered(refused)) throw refused;
            return { error: (refused as Error).message };
          },
        ),
      ),
    );
  }
}

/** Groups of keys that each are one call. */
async function* calling(keys: readonly Key[]): AsyncGenerator<Key[]> {
  for (let at = 0; at < keys.length; at += mostKeys) yield keys.slice(at, at + mostKeys);
}
