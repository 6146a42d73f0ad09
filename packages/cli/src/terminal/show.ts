import { type ColumnManifest, type EntityManifest, valueAt } from "@cosmos-trpc/base";
import type { Item, Usage } from "../calls.ts";
import { Refused } from "../errors.ts";

/** A value for people: a list of texts with commas, a time as ISO 8601, and JSON where neither will do. */
export function valueText(value: unknown, { name }: Pick<ColumnManifest, "name">): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (name === "_ts" && typeof value === "number") return timeText(value);
  if (Array.isArray(value) && value.length > 0 && value.every((element) => typeof element !== "object")) {
    return value.join(", ");
  }
  return JSON.stringify(value);
}

/** Seconds since 1970 as ISO 8601; whatever is no such time stays. */
function timeText(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString().replace(".000Z", "Z");
}

/** An item for people: a line a field. */
export function showFields(item: Item, entity: EntityManifest): string {
  const rows = entity.columns.map((column): Row => {
    const value = valueAt(item, column.path);
    return [column.name, value === undefined ? undefined : valueText(value, column)];
  });
  // What a schema lets pass and does not name.
  const others = Object.keys(item).filter((name) => !entity.columns.some(({ path }) => path[0] === name));
  return showRows([...rows, ...others.map((name): Row => [name, valueText(item[name], { name })])]);
}

type Row = readonly [name: string, value: string | undefined];

/** Names and their values, a line each; those without a value are left out. */
export function showRows(rows: readonly Row[]): string {
  const shown = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(8, ...shown.map(([name]) => name.length));
  return shown.map(([name, value = ""]) => `${printable(name.padEnd(width))} ${printable(value)}\n`).join("");
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

/** Why a list or an export that left documents out is not whole. */
export const leftOut = (unfit: number): Refused =>
  new Refused(
    `${countItems(unfit)} ${unfit === 1 ? "does" : "do"} not fit the schema and ${unfit === 1 ? "is" : "are"} left out: the server's log says which.`,
  );

/** `1 of 8 items were refused`, `1 of 1 item was refused`. */
export const partOfItems = (part: number, whole: number, done: string): string =>
  `${part.toLocaleString("en")} of ${countItems(whole)} ${whole === 1 ? "was" : "were"} ${done}`;
