import { inOrder } from "@cosmos-trpc/base";
import { isApiError } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { isUnanswered } from "../api.ts";
import { alone, type EntityApi, type Item } from "../calls.ts";
import { addPartitionKey } from "../entity/keyOptions.ts";
import { Refused } from "../errors.ts";
import type { Key } from "../options.ts";
import { countItems, jsonLine, partOfItems, showFields, showUsage } from "../terminal/show.ts";
import { type EntityContext, exampleKey, examples, optionsOf, printItem } from "./entityCommand.ts";

/** Keys of one call. The server takes up to 1,000; of fewer the first items are shown sooner. */
const mostKeys = 250;

/** Calls that are on their way at once. */
const concurrency = 4;

/** `get <id…>`: point reads. */
export function addGet(commands: Command, context: EntityContext): void {
  const { session, name, entity } = context;
  const command = commands
    .command("get")
    .description("Get items by their ids")
    .argument("<id...>", "the items' ids, as many as there are");
  const partitionKey = addPartitionKey(command, entity, "their");
  const key = exampleKey(context, partitionKey.flags);
  command
    .addHelpText("after", examples(context, `get ada${key}`, `get ada bob${key} --json`))
    .action(async (ids: string[]) => {
      const options = optionsOf(command);
      const keys = ids.map((id) => partitionKey.key(id, options));
      const api = session.api(options);
      const toInput = session.inputs[name]?.get ?? ((one: Key): unknown => one);
      const reader = { api: api.entity(name), toInput };
      const [only] = keys;
      if (only !== undefined && keys.length === 1) {
        await printItem(context, await api.orRefused(readOne(reader, only)), options, api.usage());
        return;
      }
      const groups = Array.from({ length: Math.ceil(keys.length / mostKeys) }, (_, at) =>
        keys.slice(at * mostKeys, (at + 1) * mostKeys),
      );
      const calls = inOrder(groups, { maxConcurrency: concurrency }, async (group) => ({
        group,
        answers: await readGroup(reader, group, session.output.signal),
      }));
      let missing = 0;
      let shown = 0;
      for await (const { group, answers } of api.eachOrRefused(calls)) {
        for (const [index, { item, error }] of answers.entries()) {
          if (item === undefined) {
            missing += 1;
            session.tell(`'${group[index]?.id}': ${error}`);
          } else {
            const text = options.json === true ? jsonLine(item) : showFields(item, entity);
            await session.output.write(options.json === true || shown === 0 ? text : `\n${text}`);
            shown += 1;
          }
        }
      }
      session.tellDone(`${countItems(shown)}: ${showUsage(api.usage())}`, options);
      if (missing > 0) throw new Refused(`${partOfItems(missing, keys.length, "not found or refused")}.`);
    });
}

/** Reads items: how, and with which inputs. */
interface Reader {
  readonly api: EntityApi;
  readonly toInput: (key: Key) => unknown;
}

const readOne = ({ api, toInput }: Reader, key: Key, signal?: AbortSignal): Promise<Item> =>
  api.get.query(toInput(key), signal === undefined ? alone : { ...alone, signal });

/** What became of one key: its item, or why there is none. */
interface Answer {
  readonly item?: Item;
  readonly error?: string;
}

/** Reads a group in one call. One wrong id is refused as the whole: then each has a call of its own. */
async function readGroup(reader: Reader, group: readonly Key[], signal: AbortSignal): Promise<Answer[]> {
  try {
    return await readAll(reader, group, signal);
  } catch (error) {
    if (!isApiError(error, "invalid")) throw error;
    return Promise.all(
      group.map((key) =>
        readOne(reader, key, signal).then(
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

type Found = Awaited<ReturnType<EntityApi["getMany"]["query"]>>[number];

/** Reads items by as many calls as it takes: an answer holds so many bytes, and what is beyond them is asked for again. */
async function readAll(reader: Reader, keys: readonly Key[], signal: AbortSignal): Promise<Answer[]> {
  const answers = await reader.api.getMany.query(keys.map(reader.toInput), { ...alone, signal });
  const left = keys.filter((_, index) => isLeftOut(answers[index]));
  // An answer has one item at least, else asking again would lead nowhere.
  if (left.length === 0 || left.length === keys.length) return answers.map(toAnswer);
  const others = (await readAll(reader, left, signal)).values();
  return answers.map((answer) => (isLeftOut(answer) ? (others.next().value as Answer) : toAnswer(answer)));
}

const isLeftOut = (answer: Found | undefined): boolean =>
  answer?.ok === false && answer.error.reason === "too-large";

const toAnswer = (answer: Found): Answer =>
  answer.ok ? { item: answer.item } : { error: answer.error.message };
