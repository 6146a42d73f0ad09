import {
  type EntityManifest,
  fieldProblems,
  idProblems,
  partitionKeyProblems,
  valueAt,
} from "@cosmos-trpc/base";
import type { Item } from "../calls.ts";
import { type EntityContext, showItems } from "../commands/entityCommand.ts";
import { serviceProperties } from "../entity/fields.ts";
import { Refused } from "../errors.ts";
import { type InputOptions, openInput } from "../input/openInput.ts";
import { interruptible } from "../interrupt.ts";
import type { WrittenItem } from "../options.ts";
import type { CommonOptions } from "../session.ts";
import { countItems, partOfItems } from "../terminal/show.ts";
import { readingProblem } from "./importItems.ts";

/** Items that are shown at once. */
const atOnce = 100;

/**
 * Shows what an import would write, and writes nothing: the items as they would be sent, and of each that the schema
 * refuses why. What only the server knows (rules beyond JSON Schema, the size of an item) it does not say.
 */
export async function showInput(
  context: EntityContext,
  source: string,
  options: CommonOptions & InputOptions,
): Promise<void> {
  const { session, entity } = context;
  const input = openInput(source, options, entity, session.io.stdin);
  const check = await itemCheck(entity);
  const show = showItems(context, options);
  let waiting: WrittenItem[] = [];
  const count = { records: 0, refused: 0 };

  const flush = async (): Promise<void> => {
    // An item without an id is shown as it is.
    await session.output.write(show(waiting as unknown as Item[]));
    waiting = [];
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    for await (const record of input.records(signal)) {
      count.records += 1;
      const item = record.value && written(record.value);
      const problem = item === undefined ? `The record ${record.problem}.` : check(item);
      if (problem !== undefined) {
        count.refused += 1;
        session.tell(`line ${record.line}: ${problem}`);
      } else if (item !== undefined && waiting.push(item) >= atOnce) await flush();
    }
    await flush();
  };
  try {
    await interruptible(session, run, () => "Stopped. Nothing was written.");
  } catch (error) {
    const problem = readingProblem(error);
    throw problem === undefined ? error : new Refused(problem);
  }
  if (count.records === 0) throw new Refused("The input has no items.");
  session.tellDone(
    `${countItems(count.records - count.refused)} would be written, by what the schema says; the server checks more.`,
    options,
  );
  if (count.refused > 0) throw new Refused(`${partOfItems(count.refused, count.records, "wrong")}.`);
}

/** What is wrong with an item, as a sentence. */
type Check = (item: WrittenItem) => string | undefined;

/** The item without what the service keeps, which a write leaves aside. */
const written = (item: WrittenItem): WrittenItem =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !serviceProperties.includes(name)));

/** Makes a check of an entity's rules for keys and its JSON Schema; of one that zod cannot read back it knows nothing. */
async function itemCheck({ key, item: schema }: EntityManifest): Promise<Check> {
  const { fromJSONSchema } = await import("zod");
  const parser = (() => {
    try {
      return fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]);
    } catch {
      return undefined;
    }
  })();
  return (item) => {
    const ofKey = key.flatMap(({ name, path }, at) => {
      const value = valueAt(item, path);
      if (typeof value !== "string") return [];
      const problems = at === 0 ? idProblems(value) : partitionKeyProblems(value);
      return problems.map((message) => ({ path: name, message }));
    });
    const { error } = parser?.safeParse(item) ?? {};
    // What the schema has of the same rules it says in worse words.
    const ofSchema = fieldProblems({ issues: error?.issues ?? [] }).filter(
      ({ path }) => !ofKey.some((problem) => problem.path === path),
    );
    const problems = [...ofKey, ...ofSchema];
    if (problems.length === 0) return undefined;
    return `${problems.map(({ path, message }) => `${path === "" ? "the item" : path} ${message}`).join("; ")}.`;
  };
}
