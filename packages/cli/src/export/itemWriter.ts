import type { Item } from "@cosmos-trpc/client";
import { readNumber } from "../fieldText.ts";
import { readColumns } from "../input/csvColumns.ts";
import { UnreadableInput } from "../input/inputRecord.ts";
import type { Format } from "../input/openInput.ts";
import { parsedJson } from "../parsedJson.ts";
import { pathNames } from "../pathNames.ts";
import { WrongUsage } from "../refused.ts";
import { jsonLine } from "../show.ts";

/** Writes items as text. */
export interface ItemWriter {
  /** What stands before the first item. */
  readonly head: string;
  write(item: Item): string;
}

const defaultColumns = ["id", "pk", "name", "tags[]", "data", "ttl", "etag", "updatedAt"];

/** Makes the writer of a format; `columns` are those of a CSV. */
export function itemWriter(format: Format, columns: readonly string[] = defaultColumns): ItemWriter {
  if (format === "ndjson") return { head: "", write: jsonLine };
  checkColumns(columns);
  const cells = columns.map(cellOf);
  return {
    head: line(columns.map(quoted)),
    write: (item) => line(cells.map((cell) => cell(item))),
  };
}

/** What is written has to be read again: the columns are those that an import knows. */
function checkColumns(columns: readonly string[]): void {
  try {
    readColumns(columns);
  } catch (error) {
    throw error instanceof UnreadableInput ? new WrongUsage(`--columns: ${error.message}`) : error;
  }
}

const line = (cells: readonly string[]): string => `${cells.join(",")}\r\n`;

/** A cell, as RFC 4180 has it: an empty text is in quotes, and nothing is nothing. */
const quoted = (text: string): string =>
  /[",\r\n]/.test(text) || text.trim() !== text || text === "" ? `"${text.replaceAll('"', '""')}"` : text;

function cellOf(column: string): (item: Item) => string {
  const [, path = "", brackets] = /^(.*?)(\[\])?$/s.exec(column.trim()) ?? [];
  const names = pathNames(path);
  const isOpen = names[0] === "data";
  return (item) => {
    const value = valueAt(item, names);
    if (value === undefined) return "";
    if (Array.isArray(value)) {
      return quoted(brackets === undefined ? JSON.stringify(value) : listText(value, isOpen));
    }
    return quoted(isOpen ? openText(value) : String(value));
  };
}

function valueAt(item: unknown, names: readonly string[]): unknown {
  let value = item;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** What is read back as the same value: a text that looks like JSON is in quotes. */
function openText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isTaken =
    value === "" ||
    ["true", "false", "null"].includes(value) ||
    readNumber(value) !== undefined ||
    (/^["[{]/.test(value) && parsedJson(value) !== undefined);
  return isTaken ? JSON.stringify(value) : value;
}

/** Elements with semicolons between them, where that is read back as the same; otherwise JSON. */
function listText(values: readonly unknown[], isOpen: boolean): string {
  const isPlain =
    !isOpen &&
    values.every(
      (value, index) =>
        typeof value === "string" &&
        value !== "" &&
        !value.includes(";") &&
        value.trim() === value &&
        !(index === 0 && value.startsWith("[")),
    );
  return isPlain && values.length > 0 ? values.join(";") : JSON.stringify(values);
}
