import { type EntityManifest, valueAt } from "@cosmos-trpc/base";
import type { Item } from "../calls.ts";
import { isLiteral, isUnsafe, parsedJson } from "../entity/fieldText.ts";
import { WrongUsage } from "../errors.ts";
import { type Column, readHead } from "../input/csvColumns.ts";
import type { Format } from "../input/openInput.ts";
import { jsonLine } from "../terminal/show.ts";

/** Writes items as text. */
export interface ItemWriter {
  /** What stands before the first item. */
  readonly head: string;
  write(item: Item): string;
}

/** How a CSV is written. */
export interface WriterOptions {
  /** The columns, as an import knows them; by default all of the entity's. */
  readonly columns?: readonly string[] | undefined;
  readonly delimiter?: string | undefined;
}

/** Makes the writer of a format. */
export function itemWriter(
  format: Format,
  entity: EntityManifest,
  { columns = defaultColumns(entity), delimiter = "," }: WriterOptions = {},
): ItemWriter {
  if (format === "ndjson") return { head: "", write: jsonLine };
  const cells = readColumns(columns, entity).map(cellOf);
  const line = (texts: readonly (string | undefined)[]): string =>
    `${texts.map((text) => (text === undefined ? "" : quoted(text, delimiter))).join(delimiter)}\r\n`;
  return { head: line(columns), write: (item) => line(cells.map((cell) => cell(item))) };
}

const defaultColumns = ({ columns }: EntityManifest): string[] =>
  columns.map(({ name, elements }) => (elements === undefined ? name : `${name}[]`));

/** What is written has to be read again: the columns are those that an import knows. */
function readColumns(columns: readonly string[], entity: EntityManifest): readonly Column[] {
  try {
    return readHead(columns, entity, []);
  } catch (error) {
    throw error instanceof WrongUsage ? new WrongUsage(`--columns: ${error.message}`) : error;
  }
}

/** A field, as RFC 4180 has it: an empty text is in quotes, and nothing is nothing. */
const quoted = (text: string, delimiter: string): string =>
  /["\r\n]/.test(text) || text.includes(delimiter) || text.trim() !== text || text === ""
    ? `"${text.replaceAll('"', '""')}"`
    : text;

/** Makes what writes the cells of a column, so that an import reads them as what they were. */
function cellOf({ path, type, isList }: Column): (item: Item) => string | undefined {
  let hasText = false;
  return (item) => {
    const value = valueAt(item, path);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return isList && type === "string" ? listText(value) : JSON.stringify(value);
    if (typeof value !== "string") return JSON.stringify(value);
    if (type !== undefined) return value;
    // The import sees by the column's first text whether its texts are JSON; a later one has to be JSON where it looks so.
    const isFirst = !hasText;
    hasText = true;
    return isFirst || looksLikeJson(value) ? JSON.stringify(value) : value;
  };
}

const looksLikeJson = (text: string): boolean => {
  const word = text.trim();
  return isLiteral(word) || (/^["[{]/.test(word) && (isUnsafe(word) || parsedJson(word) !== undefined));
};

/** Elements with semicolons between them, where that is read back as the same; otherwise JSON. */
function listText(values: readonly unknown[]): string {
  const isPlain = values.every(
    (value, index) =>
      typeof value === "string" &&
      value !== "" &&
      !value.includes(";") &&
      value.trim() === value &&
      !(index === 0 && value.startsWith("[")),
  );
  return isPlain && values.length > 0 ? values.join(";") : JSON.stringify(values);
}
