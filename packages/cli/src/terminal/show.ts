import type { Item } from "@cosmos-trpc/client";
import type { Usage } from "./api.ts";

/** An item for people: a line a field. */
export function showFields(item: Item): string {
  return showRows([
    ["id", item.id],
    ["pk", item.pk],
    ["name", item.name],
    ["tags", item.tags?.join(", ")],
    ["data", item.data === undefined ? undefined : JSON.stringify(item.data)],
    ["ttl", item.ttl === undefined ? undefined : `${item.ttl} s`],
    ["updated", item.updatedAt],
    ["etag", item.etag],
  ]);
}

const showRows = (rows: readonly (readonly [name: string, value: string | undefined])[]): string =>
  rows
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(8)} ${printable(value)}\n`]))
    .join("");

/**
 * Prints an item: its fields for people, or with `json` a line for machines. What it cost is told on standard error, as
 * one more field: it is none of the item's.
 */
export function printItem(item: Item, json: boolean | undefined, usage: () => Usage): void {
  process.stdout.write(json === true ? jsonLine(item) : showFields(item));
  if (json !== true) process.stderr.write(showRows([["charge", showUsage(usage())]]));
}

/** A charge and a time for people. */
export const showUsage = ({ requestCharge, elapsed }: Usage): string =>
  `${Number(requestCharge.toFixed(2))} RU in ${elapsed < 1000 ? `${Math.round(elapsed)} ms` : `${(elapsed / 1000).toFixed(1)} s`}`;

/**
 * Text from elsewhere must not steer the terminal: control characters are shown as escapes, and so is what breaks lines
 * or turns their direction.
 */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    // JSON leaves most of them as they are, and U+009B begins a terminal's command.
    return escaped === character ? codeUnit(character) : escaped;
  });

/** The same for text of our own making with lines in it. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** A value as one line of JSON, in which nothing steers a terminal. */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, codeUnit)}\n`;

const codeUnit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A count of items for people. */
export const countItems = (items: number): string =>
  `${items.toLocaleString("en")} ${items === 1 ? "item" : "items"}`;
