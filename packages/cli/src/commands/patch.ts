import type { RouterInputs } from "@cosmos-trpc/client";
import type { Command } from "commander";
import { alone, createApi } from "../api.ts";
import { orRefused } from "../explain.ts";
import { fieldKind } from "../fields.ts";
import { readFieldText, readFieldTexts } from "../fieldText.ts";
import type { CommonOptions } from "../options.ts";
import { collect, parseAssignment } from "../optionValues.ts";
import { WrongUsage } from "../refused.ts";
import { printItem } from "../show.ts";
import { allOf, parseWhere, parseWhereJson, type Where } from "../where.ts";

type Assignment = readonly [path: string, value: string];

interface PatchOptions extends CommonOptions {
  readonly pk?: string;
  readonly set?: readonly Assignment[];
  readonly remove?: readonly string[];
  readonly increment?: readonly Assignment[];
  readonly append?: readonly Assignment[];
  readonly ifMatch?: string;
  readonly where?: readonly Where[];
  readonly whereJson?: Where;
}

type PatchInput = RouterInputs["items"]["patch"];

/** `items patch <id>`: changes parts of an item, all of them or none. */
export function addPatchItem(items: Command): void {
  items
    .command("patch")
    .description("Change parts of an item: all that is asked for, or nothing")
    .argument("<id>", "the item's id")
    .option("--pk <value>", "its partition key (default: the id)")
    .option("--set <path=value>", "put a value there; may be repeated", collect(parseAssignment))
    .option(
      "--remove <path>",
      "take a field away; may be repeated",
      collect((path) => path),
    )
    .option("--increment <path=number>", "add to a number; may be repeated", collect(parseAssignment))
    .option("--append <path=value>", "put a value at a list's end; may be repeated", collect(parseAssignment))
    .option("--if-match <etag>", "only over the version of this etag")
    .option("--where <condition>", "only an item for which this holds; may be repeated", collect(parseWhere))
    .option("--where-json <filter>", "the same, as the API's filter in JSON", parseWhereJson)
    .addHelpText(
      "after",
      `
Values in data may be JSON: 3, true, null, '"3"', '{"a":1}'; anything else is a text.

Examples:
  cosmos-trpc items patch ada --set name="Ada Lovelace" --append tags=author
  cosmos-trpc items patch bolt --pk shelf --increment data.stock=-1 --where "data.stock > 0"
  cosmos-trpc items patch ada --set data.address='{"city":"London"}' --remove ttl`,
    )
    .action(async (id: string, _own: unknown, command: Command) => {
      const { url, json, ...options } = command.optsWithGlobals<PatchOptions>();
      const input = toInput(id, options);
      const { api, usage } = createApi(url);
      printItem(await orRefused(api.items.patch.mutate(input, alone), url, usage), json, usage);
    });
}

function toInput(id: string, options: Omit<PatchOptions, keyof CommonOptions>): PatchInput {
  const { pk, set, remove, increment, append, ifMatch } = options;
  if (set === undefined && remove === undefined && increment === undefined && append === undefined) {
    throw new WrongUsage("Say what to change: --set, --remove, --increment or --append.");
  }
  const where = allOf([
    ...(options.where ?? []),
    ...(options.whereJson === undefined ? [] : [options.whereJson]),
  ]);
  const patch = {
    ...(set && { set: changes("--set", set, readSet) }),
    ...(remove && { remove }),
    ...(increment && { increment: changes("--increment", increment, readIncrement) }),
    ...(append && { append: changes("--append", append, readFieldText) }),
  };
  // The server checks paths and values by the schema, and names what is wrong.
  return {
    id,
    ...(pk === undefined ? {} : { pk }),
    patch: patch as PatchInput["patch"],
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(where === undefined ? {} : { where }),
  };
}

function changes(
  option: string,
  assignments: readonly Assignment[],
  read: (path: string, text: string) => unknown,
): Record<string, unknown> {
  const paths = assignments.map(([path]) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) < index);
  if (twice !== undefined) throw new WrongUsage(`${option} names '${twice}' twice.`);
  return Object.fromEntries(assignments.map(([path, text]) => [path, read(path, text)]));
}

const readSet = (path: string, text: string): unknown =>
  fieldKind(path) === "texts" ? readFieldTexts(path, text) : readFieldText(path, text);

function readIncrement(path: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new WrongUsage(`--increment ${path}=${text}: it has to be a number.`);
  }
  return value;
}
