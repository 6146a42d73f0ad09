import { InvalidArgumentError } from "commander";

/** Makes the reader of an option that may be given more than once. */
export const collect =
  <Value>(parse: (text: string) => Value) =>
  (text: string, before: readonly Value[] = []): readonly Value[] => [...before, parse(text)];

/** Makes the reader of a whole number. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
  };

/** Reads a key of an order: `name`, `data.size:desc`. */
export function parseOrderKey(text: string): [path: string, direction: "asc" | "desc"] {
  const [, path = "", direction = "asc"] = /^(.*?)(?::(asc|desc))?$/s.exec(text) ?? [];
  if (path === "" || /:[a-z]+$/i.test(path)) {
    throw new InvalidArgumentError("It has to be a path, with :desc at its end for the other way round.");
  }
  return [path, direction === "desc" ? "desc" : "asc"];
}

/** Reads `path=value`. */
export function parseAssignment(text: string): [path: string, value: string] {
  const [, path = "", value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (value === undefined) throw new InvalidArgumentError("It has to be path=value.");
  return [path, value];
}

/** Reads the character between a CSV's fields; a tab may be written as a word, since shells make it hard to type. */
export function parseDelimiter(text: string): string {
  const delimiter = text === "tab" || text === "\\t" ? "\t" : text;
  if (/^[^"\r\n\w\s]$|^\t$/.test(delimiter)) return delimiter;
  throw new InvalidArgumentError("It has to be one character, such as , or ; or |, or the word tab.");
}

/** A part of an item that a CSV's column goes to. */
export interface ColumnChoice {
  /** The column as the CSV names it. */
  readonly name: string;
  readonly path: string;
  readonly type?: ColumnType;
}

/** What a CSV's column holds. */
const columnTypes = ["string", "number", "boolean", "json"] as const;

export type ColumnType = (typeof columnTypes)[number];

/** Reads `name=path:type`; of path and type one may be left out. */
export function parseColumn(text: string): ColumnChoice {
  const [, name = "", path = "", type] = /^([^=]+)=(.*?)(?::([a-z]+))?$/s.exec(text) ?? [];
  const isType = type === undefined || (columnTypes as readonly string[]).includes(type);
  if (name === "" || !isType || (path === "" && type === undefined)) {
    throw new InvalidArgumentError(
      `It has to be name=path, name=:type or name=path:type; type is one of ${columnTypes.join(", ")}.`,
    );
  }
  return {
    name,
    path: path === "" ? name : path,
    ...(type === undefined ? {} : { type: type as ColumnType }),
  };
}
