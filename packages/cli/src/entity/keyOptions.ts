import { type EntityManifest, putAt } from "@cosmos-trpc/base";
import { type Command, Option } from "commander";
import { WrongUsage } from "../errors.ts";
import type { Key } from "../options.ts";
import { readKeyText } from "./fieldText.ts";

/** An option for one field of a partition key. */
interface KeyOption {
  readonly field: EntityManifest["key"][number];
  /** Without the dashes: `pk`, `tenant`. */
  readonly flag: string;
  /** Where commander puts its value. */
  readonly attribute: string;
}

/** A name as an option is written: `placeOfBirth` as `place-of-birth`. */
const kebabCase = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1-$2")
    .replaceAll(/[^A-Za-z\d]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .toLowerCase();

/** Options that every command has. */
const commonFlags: readonly string[] = ["url", "json", "help", "version"];

/** Options of an entity's commands: a key's field that is called so has the same option in each of them. */
const entityFlags: readonly string[] = [
  ...commonFlags,
  ..."where where-json order-by limit all cursor explain set remove increment append if-match file format".split(
    " ",
  ),
  ..."dry-run delimiter column columns concurrency checkpoint restart report force patience since".split(" "),
  "cursor-file",
];

/** A flag for a name that is not ours to choose: one that a command has already gets a prefix. */
export function freeFlag(name: string, prefix: string, taken: readonly string[]): string {
  const flag = kebabCase(name) || "value";
  // With an option --no-flag commander takes --flag for its opposite.
  return [...commonFlags, ...taken].includes(flag) || flag.startsWith("no-") ? `${prefix}-${flag}` : flag;
}

/** What the options of one command say of a partition key. */
export interface PartitionKeyOptions {
  /** The options, without their dashes. */
  readonly flags: readonly string[];
  /** The key of the item with this id. @throws WrongUsage when a field is not given */
  key(id: string, values: object): Key;
  /** The partition key, or the first fields of a hierarchical one; `undefined` when none is given. */
  prefix(values: object): unknown;
}

/**
 * Adds an option for each field of the partition key to a command: `--pk` for a single one, whatever it is called, and for
 * a hierarchical one options with the names of its fields.
 *
 * @param of whose partition key it is, for people: `its`, `their`
 */
export function addPartitionKey(command: Command, entity: EntityManifest, of: string): PartitionKeyOptions {
  const fields = entity.key.slice(1);
  const taken = [...entityFlags];
  const options = fields.map((field): KeyOption => {
    const flag = fields.length === 1 ? "pk" : freeFlag(field.name, "key", taken);
    taken.push(flag);
    const description =
      fields.length === 1
        ? `${of} partition key${field.name === "pk" ? "" : `, ${field.name}`}`
        : `${of} partition key's ${field.name}`;
    const isFilledIn = of !== "only items of this" && field.isOptional;
    const option = new Option(
      `--${flag} <value>`,
      isFilledIn ? `${description} (default: the id)` : description,
    );
    command.addOption(option);
    return { field, flag, attribute: option.attributeName() };
  });
  const read = ({ field, flag, attribute }: KeyOption, values: object): unknown => {
    const text = (values as Record<string, string | undefined>)[attribute];
    return text === undefined ? undefined : readKeyText(`--${flag}`, field.kinds, text);
  };
  return {
    flags: options.map(({ flag }) => flag),
    key(id, values) {
      const key: Record<string, unknown> = { id };
      for (const option of options) {
        const value = read(option, values);
        if (value !== undefined) putAt(key, option.field.path, value);
        else if (!option.field.isOptional) {
          throw new WrongUsage(
            `Say --${option.flag} <value>: an item is named by its id and ${listOf(options)}.`,
          );
        }
      }
      return key as Key;
    },
    prefix(values) {
      const found = options.map((option) => read(option, values));
      const gap = found.indexOf(undefined);
      const given = gap === -1 ? found : found.slice(0, gap);
      const stray = options.find((_, at) => at >= given.length && found[at] !== undefined);
      if (stray !== undefined) {
        throw new WrongUsage(
          `--${stray.flag} goes with --${options[given.length]?.flag}, which is before it in the partition key.`,
        );
      }
      if (given.length === 0) return undefined;
      if (options.length === 1) return given[0];
      const prefix: Record<string, unknown> = {};
      for (const [at, value] of given.entries()) putAt(prefix, options[at]?.field.path ?? [], value);
      return prefix;
    },
  };
}

const listOf = (options: readonly KeyOption[]): string =>
  options.map(({ field }) => field.name).join(" and ");
