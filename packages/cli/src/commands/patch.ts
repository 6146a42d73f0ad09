import { type EntityManifest, isWithin, type JsonPath, parsePath } from "@cosmos-trpc/base";
import type { Command } from "commander";
import type { NameOf } from "../api.ts";
import { alone } from "../calls.ts";
import { type Field, knownField } from "../entity/fields.ts";
import { elementOf, parsedJson, readFieldText, readFieldTexts, readNamed } from "../entity/fieldText.ts";
import { addPartitionKey } from "../entity/keyOptions.ts";
import { addWhere } from "../entity/selection.ts";
import { type WhereOptions, whereName, whereOf } from "../entity/where.ts";
import { WrongUsage } from "../errors.ts";
import { collect, parseAssignment } from "../optionValues.ts";
import { type EntityContext, exampleKey, examples, optionsOf, printItem } from "./entityCommand.ts";
import type { ConditionOptions } from "./write.ts";

type Assignment = readonly [path: string, value: string];

interface PatchOptions extends ConditionOptions, WhereOptions {
  readonly set?: readonly Assignment[];
  readonly remove?: readonly string[];
  readonly increment?: readonly Assignment[];
  readonly append?: readonly Assignment[];
}

/** `patch <id>`: changes parts of an item, all of them or none. */
export function addPatch(commands: Command, context: EntityContext): void {
  const { session, name, entity, what } = context;
  const command = commands
    .command("patch")
    .description("Change parts of an item: all that is asked for, or nothing")
    .argument("<id>", "the item's id")
    .option("--set <path=value>", "put a value there; may be repeated", collect(parseAssignment))
    .option(
      "--remove <path>",
      "take a field away; may be repeated",
      collect((path) => path),
    )
    .option("--increment <path=number>", "add to a number; may be repeated", collect(parseAssignment))
    .option("--append <path=value>", "put a value at a list's end; may be repeated", collect(parseAssignment))
    .option("--if-match <etag>", "only over the version of this etag");
  addWhere(command, "an item");
  const partitionKey = addPartitionKey(command, entity, "its");
  command
    .addHelpText(
      "after",
      `\nWhere anything may stand, values may be JSON: 3, true, null, '"3"', '{"a":1}';\nanything else is a text.\n${examples(
        context,
        ...exampleChanges(entity).map(
          (change) => `patch ada${exampleKey(context, partitionKey.flags)} ${change}`,
        ),
      )}`,
    )
    .action(async (id: string) => {
      const options = optionsOf<PatchOptions>(command);
      const key = partitionKey.key(id, options);
      const patch = patchOf(options, entity, what);
      const where = whereOf(options, entity, what);
      const conditions = {
        ...(options.ifMatch === undefined ? {} : { ifMatch: options.ifMatch }),
        ...(where === undefined ? {} : { where }),
      };
      const input = Object.keys(conditions).length === 0 ? [key, patch] : [key, patch, conditions];
      const api = session.api(options);
      const patched = await api.orRefused(api.entity(name).patch.mutate(input, alone), patchName(options));
      await printItem(context, patched, options, api.usage());
    });
}

/** Changes that an entity's items can have, for examples. */
function exampleChanges({ columns, key }: EntityManifest): readonly string[] {
  const free = columns.filter(
    (column) => !column.isReadOnly && !key.some((field) => field.name === column.name),
  );
  const text = free.find(({ kinds }) => kinds.includes("string"));
  const number = free.find(({ kinds }) => kinds.includes("number"));
  const list = free.find(({ elements }) => elements?.includes("string"));
  const changes = [
    ...(text === undefined ? [] : [`--set ${text.name}=new`]),
    ...(number === undefined ? [] : [`--increment ${number.name}=1 --where "${number.name} < 10"`]),
    ...(list === undefined ? [] : [`--append ${list.name}=new`]),
  ];
  return changes.length > 0 ? changes : ["--set path=value"];
}

/** What a part of a patch's input is called on the command line. */
const patchName =
  (options: PatchOptions): NameOf =>
  (path) => {
    const [, kind, field] = /^(set|remove|increment|append)\.(.*)$/s.exec(path) ?? [];
    return kind === undefined ? whereName(options)(path) : `--${kind} ${field}: it`;
  };

/** @throws WrongUsage for a field that no patch touches */
function changedField(entity: EntityManifest, path: string, where: string, what: string): Field {
  const field = knownField(entity, path, where, what);
  const names = parsePath(path) as JsonPath;
  const isOfKey = entity.key.some((part) => isWithin(names, part.path) || isWithin(part.path, names));
  if (field.isReadOnly || path === "id") {
    throw new WrongUsage(`${where}: ${path} cannot be patched: it names the item or is kept by the service.`);
  }
  if (!isOfKey) return field;
  throw new WrongUsage(
    `${where}: ${path} cannot be patched: it is in the partition key; write the item under its new key instead.`,
  );
}

/** The API's patch. Paths are checked here, values by the server, which names what is wrong. */
function patchOf({ set, remove, increment, append }: PatchOptions, entity: EntityManifest, what: string) {
  if (set === undefined && remove === undefined && increment === undefined && append === undefined) {
    throw new WrongUsage("Say what to change: --set, --remove, --increment or --append.");
  }
  function changes(
    option: string,
    assignments: readonly Assignment[],
    read: (field: Field, text: string, where: string) => unknown,
  ): Record<string, unknown> {
    const paths = assignments.map(([path]) => path);
    const twice = paths.find((path, index) => paths.indexOf(path) < index);
    if (twice !== undefined) throw new WrongUsage(`${option} names '${twice}' twice.`);
    return Object.fromEntries(
      assignments.map(([path, text]) => {
        const where = `${option} ${path}=${text}`;
        const field = changedField(entity, path, where, what);
        return [path, readNamed(where, path, field, () => read(field, text, where))];
      }),
    );
  }
  for (const path of remove ?? []) changedField(entity, path, `--remove ${path}`, what);
  return {
    ...(set && { set: changes("--set", set, readSet) }),
    ...(remove && { remove }),
    ...(increment && { increment: changes("--increment", increment, readIncrement) }),
    ...(append && { append: changes("--append", append, readAppended) }),
  };
}

const readSet = (field: Field, text: string): unknown =>
  field.elements !== undefined && field.kinds.length === 0
    ? readFieldTexts(elementOf(field), text)
    : readFieldText(field, text);

const readAppended = (field: Field, text: string): unknown =>
  readFieldText(field.elements === undefined ? field : elementOf(field), text);

function readIncrement(_field: Field, text: string, where: string): number {
  const value = parsedJson(text);
  if (typeof value !== "number") throw new WrongUsage(`${where}: it has to be a number.`);
  return value;
}
