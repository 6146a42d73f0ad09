import type { EntityManifest } from "@cosmos-trpc/base";
import type { Command } from "commander";
import type { Item } from "../calls.ts";
import type { CommonOptions, Session } from "../session.ts";
import { jsonLine, showFields, showRows, showUsage } from "../terminal/show.ts";
import { type ItemTable, itemTable } from "../terminal/table.ts";

/** What a command of an entity works with. */
export interface EntityContext {
  readonly session: Session;
  /** The entity's name, as the API's router has it. */
  readonly name: string;
  readonly entity: EntityManifest;
  /** An item for people: `an item of orders`. */
  readonly what: string;
}

/** The options of a command, with those of the program. */
export const optionsOf = <Options extends object>(command: Command): Options & CommonOptions =>
  command.optsWithGlobals<Options & CommonOptions>();

/** Examples below a command's help. */
export const examples = ({ session, name }: EntityContext, ...lines: readonly string[]): string =>
  [
    `\nExample${lines.length === 1 ? "" : "s"}:`,
    ...lines.map((line) => `  ${session.name} ${name} ${line}`),
  ].join("\n");

/**
 * An item that an example writes: its key, and what else the schema wants.
 */
export function exampleItem({ entity }: EntityContext): string {
  const { properties = {}, required = [] } = entity.item as {
    properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    required?: readonly string[];
  };
  const names = Object.keys(properties).filter((name) => required.includes(name));
  return JSON.stringify(
    Object.fromEntries(names.map((name) => [name, exampleValue(name, properties[name] ?? {})])),
  );
}

function exampleValue(name: string, schema: Readonly<Record<string, unknown>>): unknown {
  const {
    type,
    enum: choices,
    items,
    properties,
    minimum,
  } = schema as {
    type?: string;
    enum?: readonly unknown[];
    items?: Readonly<Record<string, unknown>>;
    properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    minimum?: number;
  };
  if (choices !== undefined) return choices[0];
  switch (type) {
    case "string":
      return name === "id" ? "ada" : "…";
    case "integer":
    case "number":
      return Math.max(1, minimum ?? 1);
    case "boolean":
      return true;
    case "array":
      return [exampleValue("", items ?? {})];
    case "object":
      return Object.fromEntries(
        Object.entries(properties ?? {}).map(([inner, one]) => [inner, exampleValue(inner, one)]),
      );
    default:
      return null;
  }
}

/** How an example names the partition key: ` --tenant … --customer …`, or nothing where the id will do. */
export const exampleKey = ({ entity }: EntityContext, flags: readonly string[]): string =>
  entity.key.length < 2 || entity.key.slice(1).every(({ isOptional }) => isOptional)
    ? ""
    : flags.map((flag) => ` --${flag} …`).join("");

/**
 * Prints an item: its fields for people, or with `json` a line for machines. What it cost is told on standard error, as
 * one more field: it is none of the item's.
 */
export async function printItem(
  { session, entity }: EntityContext,
  item: Item,
  options: CommonOptions,
  usage: Parameters<typeof showUsage>[0],
): Promise<void> {
  await session.output.write(options.json === true ? jsonLine(item) : showFields(item, entity));
  if (options.json !== true) session.io.stderr.write(showRows([["charge", showUsage(usage)]]));
}

/** Shows many items: rows for people, else a line of JSON each. */
export const showItems = ({ session, entity }: EntityContext, options: CommonOptions): ItemTable =>
  session.isForPeople(options)
    ? itemTable(entity, session.io.stdout.columns)
    : (items) => items.map(jsonLine).join("");
