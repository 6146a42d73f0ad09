import type { EntityManifest } from "@cosmos-trpc/base";
import { type Command, Help } from "commander";
import type { NameOf } from "../api.ts";
import type { ListInput } from "../calls.ts";
import { collect, parseOrderKey } from "../optionValues.ts";
import { knownField } from "./fields.ts";
import { addPartitionKey } from "./keyOptions.ts";
import {
  operatorsOf,
  parseCondition,
  parseWhereJson,
  type WhereOptions,
  whereName,
  whereOf,
} from "./where.ts";

/** Options that say which items, and in which order. */
export interface SelectionOptions extends WhereOptions {
  readonly orderBy?: readonly (readonly [path: string, direction: "asc" | "desc"])[];
}

/** Adds the options for conditions to a command. */
export const addWhere = (command: Command, of: string): Command =>
  command
    .option(
      "--where <condition>",
      `only ${of} for which this holds: "path op value"; may be repeated, and all hold`,
      collect(parseCondition),
    )
    .option("--where-json <filter>", "the same, as the API's filter in JSON", parseWhereJson);

/** Adds them to a command. @returns makes of them what a list asks for */
export function addSelection(
  command: Command,
  entity: EntityManifest,
  what: string,
): (options: SelectionOptions) => ListInput {
  addWhere(command, "items").option(
    "--order-by <path[:desc]>",
    "the order; may be repeated",
    collect(parseOrderKey),
  );
  const partitionKey = addPartitionKey(command, entity, "only items of this");
  return (options) => {
    const { orderBy } = options;
    for (const [path] of orderBy ?? []) knownField(entity, path, `--order-by ${path}`, what);
    const pk = partitionKey.prefix(options);
    const where = whereOf(options, entity, what);
    return {
      ...(pk === undefined ? {} : { pk }),
      ...(where === undefined ? {} : { where }),
      ...(orderBy === undefined ? {} : { orderBy }),
    };
  };
}

/** What a part of a list's input is called on the command line. */
export const selectionName =
  (options: SelectionOptions): NameOf =>
  (path) => {
    const [root = ""] = path.split(".");
    return { orderBy: "--order-by", cursor: "--cursor" }[root] ?? whereName(options)(path);
  };

/** How conditions are written. */
export const whereHelp = (entity: EntityManifest): string =>
  [
    `Conditions: ${operatorsOf(entity).join(" ")}; eq ne lt lte gt gte are also = != < <= > >=; in takes a,b,c; not before a condition turns it round.`,
    `Fields: ${entity.filters.map(({ name, isOpen }) => (isOpen ? `${name}.…` : name)).join(", ")}.`,
  ]
    .map((text) => new Help().boxWrap(text, 80))
    .join("\n");

/** Conditions that an entity's filters take, as options, for examples. */
export function exampleConditions({ filters, key, orders }: EntityManifest): readonly string[] {
  const isFree = ({ name }: { readonly name: string }): boolean =>
    name !== "_ts" && !key.some((field) => field.name === name);
  const text = filters.find((one) => isFree(one) && !one.isOpen && one.operators.includes("startsWith"));
  const number = filters.find((one) => isFree(one) && !one.isOpen && one.kinds.includes("number"));
  const order = orders.single.find((path) => path === number?.name);
  return [
    ...(text === undefined ? [] : [`--where "${text.name} startsWith A"`]),
    ...(number === undefined
      ? []
      : [`--where "${number.name} >= 10"${order === undefined ? "" : ` --order-by ${order}:desc`}`]),
    `--where "_ts > 2026-01-31T12:00:00Z"`,
  ];
}
