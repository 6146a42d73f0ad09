import { isRecord } from "@cosmos-trpc/base";
import type { Command } from "commander";
import { alone } from "../calls.ts";
import { checkNames } from "../entity/fields.ts";
import { WrongUsage } from "../errors.ts";
import { parseText } from "../input/readNdjson.ts";
import type { WrittenItem } from "../options.ts";
import { type EntityContext, exampleItem, examples, optionsOf, printItem } from "./entityCommand.ts";

/** Options of a write over a version. */
export interface ConditionOptions {
  readonly ifMatch?: string;
}

/** Reads an item from the command line: its names are checked here, its values by the server, which names every wrong one. */
function parseItem(text: string, { entity, what }: EntityContext): WrittenItem {
  const { value, problem } = parseText(text);
  if (problem !== undefined) throw new WrongUsage(`The item ${problem}.`);
  if (!isRecord(value)) throw new WrongUsage("The item has to be a JSON object.");
  checkNames(value, entity.item, what);
  return value;
}

/** An item's call: the item alone, or with the version to write over. No field of it stands beside an option. */
export const writeInput = <Subject>(item: Subject, ifMatch: string | undefined): unknown =>
  ifMatch === undefined ? item : [item, { ifMatch }];

/** Writes an item that was given as JSON, and prints what became of it. */
export async function writeItem(
  context: EntityContext,
  procedure: "create" | "upsert" | "replace",
  text: string,
  command: Command,
): Promise<void> {
  const { session, name } = context;
  const options = optionsOf<ConditionOptions>(command);
  const item = parseItem(text, context);
  const toInput = (procedure === "upsert" && session.inputs[name]?.upsert) || writeInput;
  const api = session.api(options);
  const written = await api.orRefused(
    api.entity(name)[procedure].mutate(toInput(item, options.ifMatch), alone),
  );
  await printItem(context, written, options, api.usage());
}

/** `create <item>`: writes an item that must not be there. */
export function addCreate(commands: Command, context: EntityContext): void {
  commands
    .command("create")
    .description("Write an item that is not there yet")
    .argument("<item>", "the item as JSON")
    .addHelpText("after", examples(context, `create '${exampleItem(context)}'`))
    .action((text: string, _own: unknown, command: Command) => writeItem(context, "create", text, command));
}

/** `replace <item>`: writes over an item that has to be there. */
export function addReplace(commands: Command, context: EntityContext): void {
  commands
    .command("replace")
    .description("Write over an item that is there")
    .argument("<item>", "the whole item as JSON, as it shall be")
    .option("--if-match <etag>", "only over the version of this etag")
    .addHelpText("after", examples(context, `replace '${exampleItem(context)}' --if-match 0000-1`))
    .action((text: string, _own: unknown, command: Command) => writeItem(context, "replace", text, command));
}
