import {
  type Item,
  type ItemsClient,
  isItemsError,
  type RouterInputs,
  type RouterOutputs,
} from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { isUnanswered, orRefused } from "../explain.ts";
import { inOrder } from "../inOrder.ts";
import type { CommonOptions } from "../options.ts";
import { Refused } from "../refused.ts";
import { countItems, jsonLine, printItem, showFields, showUsage } from "../show.ts";
import { tell, tellDone } from "../tell.ts";

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
            tell(`'${value.group[index]?.id}': ${error}`);
          } else {
            process.stdout.write(
              json === true ? jsonLine(item) : `${shown > 0 ? "\n" : ""}${showFields(item)}`,
            );
            shown += 1;
          }
        }
      }
      tellDone(`${countItems(shown)}: ${showUsage(usage())}`, json);
      if (missing > 0) throw new Refused(`${missing} of ${countItems(keys.length)} could not be had.`);
    });
}

/** What became of one key: its item, or why there is none. */
interface Answer {
  readonly item?: Item;
  readonly error?: string;
}

/** Reads a group in one call. One wrong id is refused as the whole: then each has a call of its own. */
async function readGroup(api: ItemsClient, group: readonly Key[]): Promise<Answer[]> {
  try {
    return await readAll(api, group);
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

/** Reads items by as many calls as it takes: an answer holds so many bytes, and what is beyond them is asked for again. */
async function readAll(api: ItemsClient, keys: readonly Key[]): Promise<Answer[]> {
  const answers = await api.items.getMany.query([...keys], alone);
  const left = keys.filter((_, index) => isLeftOut(answers[index]));
  // An answer has one item at least, else asking again would lead nowhere.
  if (left.length === 0 || left.length === keys.length) return answers.map(toAnswer);
  const others = (await readAll(api, left)).values();
  return answers.map((answer) => (isLeftOut(answer) ? (others.next().value as Answer) : toAnswer(answer)));
}

type Found = RouterOutputs["items"]["getMany"][number];

const isLeftOut = (answer: Found | undefined): boolean =>
  answer?.ok === false && answer.error.reason === "too-large";

const toAnswer = (answer: Found): Answer =>
  answer.ok ? { item: answer.item } : { error: answer.error.message };

/** Groups of keys that each are one call. */
async function* calling(keys: readonly Key[]): AsyncGenerator<Key[]> {
  for (let at = 0; at < keys.length; at += mostKeys) yield keys.slice(at, at + mostKeys);
}
