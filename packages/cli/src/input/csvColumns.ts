import {
  type EntityManifest,
  isWithin,
  type JsonPath,
  parsePath,
  pathText,
  putAt,
  UnsafeNumberError,
} from "@cosmos-trpc/base";
import { didYouMean, type Field, fieldAt, suggestion } from "../entity/fields.ts";
import { elementOf, isAmbiguous, isLiteral, isText, isUnsafe, parsedJson } from "../entity/fieldText.ts";
import { WrongUsage } from "../errors.ts";
import type { ColumnChoice, ColumnType } from "../optionValues.ts";
import { type InputRecord, unsafeNumbers } from "./inputRecord.ts";

/** A cell: its text, and whether it stood in quotes. */
export interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** A column: where its cells go in an item, and what they are. */
export interface Column {
  /** As the CSV names it. */
  readonly name: string;
  readonly path: JsonPath;
  /** What a cell, or an element of its list, is; `undefined` where only all of the column's cells can tell. */
  readonly type: ColumnType | undefined;
  /** Whether it may be text by the schema, and something else too. */
  readonly isOpen: boolean;
  /** Whether somebody said so: then a cell that is something else is refused. */
  readonly isChosen: boolean;
  readonly isList: boolean;
  /** Whether only the service writes it: its cells are left out. */
  readonly isIgnored: boolean;
}

/**
 * Reads the head of a CSV: `id`, `tags[]` for a list, `data.size` or `/data/a.b` for what is in an object.
 *
 * @param choices where columns go, and what they are, in place of what their names and the schema say
 * @throws WrongUsage when it names what is no field
 */
export function readHead(
  head: readonly string[],
  entity: EntityManifest,
  choices: readonly ColumnChoice[],
): readonly Column[] {
  const columns = head.map((name) => readColumn(name.trim(), entity, choices));
  for (const [index, { path, name }] of columns.entries()) {
    const other = columns.find(
      (earlier, at) => at < index && (isWithin(earlier.path, path) || isWithin(path, earlier.path)),
    );
    if (other !== undefined) {
      throw new WrongUsage(
        `The columns '${other.name}' and '${name}' are for the same field: leave one of them out.`,
      );
    }
  }
  const missing = choices.find(({ name }) => !columns.some((column) => column.name === name));
  if (missing !== undefined) {
    throw new WrongUsage(
      `--column ${missing.name}: the CSV has no such column.${suggestion(
        missing.name,
        columns.map(({ name }) => name),
      )}`,
    );
  }
  return columns;
}

function readColumn(name: string, entity: EntityManifest, choices: readonly ColumnChoice[]): Column {
  const choice = choices.find((one) => one.name === name);
  const [, text = "", brackets] = /^(.*?)(\[\])?$/s.exec(choice?.path ?? name) ?? [];
  const path = parsePath(text);
  const field = typeof path === "string" ? undefined : fieldAt(entity, path);
  if (field === undefined || typeof path === "string") {
    const known = entity.columns.filter((column) => !column.isReadOnly);
    const names = known.map((column) => `${column.name}${column.elements === undefined ? "" : "[]"}`);
    throw new WrongUsage(
      `The column '${name}' is no field of an item.${didYouMean(
        text,
        known.map((column) => column.name),
      )}` +
        ` The first line has to name the columns: ${names.join(", ")}; or say where it goes: --column ${JSON.stringify(name)}=path.`,
    );
  }
  const isList = brackets !== undefined || (field.elements !== undefined && field.kinds.length === 0);
  return {
    name,
    path,
    isList,
    type: choice?.type ?? typeOf(isList ? elementOf(field) : field),
    isOpen: isAmbiguous(isList ? elementOf(field) : field),
    isChosen: choice?.type !== undefined,
    isIgnored: field.isReadOnly,
  };
}

/** What the schema says of a column's cells. */
function typeOf(field: Field): ColumnType | undefined {
  if (isText(field)) return "string";
  if (isAmbiguous(field)) return undefined;
  const [kind, ...others] = field.isJson ? [] : field.kinds.filter((one) => one !== "null");
  return others.length === 0 && (kind === "number" || kind === "boolean") ? kind : "json";
}

/** Finds the type of a column from all of its cells. */
interface TypeFinder {
  observe(text: string): void;
  type(): ColumnType;
}

/**
 * A column is JSON when all of its cells are numbers, `true`, `false` and `null`, or when the first that is none of these
 * is JSON too: a text in quotes, a list or an object. Otherwise each of its cells is text: a column with `007` in it has
 * no numbers.
 */
function typeFinder(): TypeFinder {
  let found: ColumnType | undefined;
  let areBooleans = true;
  /** Whether there is a `TRUE`, as spreadsheets write it: beside anything but booleans it is text. */
  let isLoud = false;
  return {
    observe(text) {
      if (found !== undefined) return;
      const isBoolean = /^(true|false)$/i.test(text);
      areBooleans &&= isBoolean;
      isLoud ||= isBoolean && !isLiteral(text);
      if (isBoolean || isLiteral(text)) return;
      found = isJsonValue(text) && !isLoud ? "json" : "string";
    },
    type: () => found ?? (areBooleans ? "boolean" : isLoud ? "string" : "json"),
  };
}

const isJsonValue = (text: string): boolean =>
  /^["[{]/.test(text) && (isUnsafe(text) || parsedJson(text) !== undefined);

/** Finds the types of columns of which the schema does not say it. */
export function columnTypeFinder(columns: readonly Column[]) {
  const finders = columns.map(({ type }) => (type === undefined ? typeFinder() : undefined));
  return {
    observe(cells: readonly Cell[]): void {
      for (const [index, finder] of finders.entries()) {
        const cell = cells[index];
        if (finder === undefined || cell === undefined || isMissing(cell)) continue;
        // A list that is written as JSON says itself what its elements are.
        if (columns[index]?.isList === true && isJsonValue(cell.text)) continue;
        for (const text of columns[index]?.isList === true ? elementsOf(cell.text) : [cell.text])
          finder.observe(text);
      }
    },
    columns: (): readonly Column[] =>
      columns.map((column, index) => ({ ...column, type: column.type ?? finders[index]?.type() })),
  };
}

/** A cell that is empty, and not in quotes, leaves its field out. */
const isMissing = ({ text, isQuoted }: Cell): boolean => text === "" && !isQuoted;

const elementsOf = (text: string): readonly string[] =>
  text === "" ? [] : text.split(";").map((element) => element.trim());

/** What is wrong with a cell, as the end of a sentence that begins with the record. */
class WrongCell extends Error {}

/** Makes of a row of cells the item's fields, or says what is wrong with them. */
export function readRow(
  columns: readonly Column[],
  cells: readonly Cell[],
): Pick<InputRecord, "value" | "problem" | "fields"> {
  const value: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index];
    if (cell === undefined || column.isIgnored || isMissing(cell)) continue;
    try {
      putAt(value, column.path, readCell(column, cell.text));
    } catch (error) {
      if (error instanceof WrongCell) return { problem: error.message };
      if (error instanceof UnsafeNumberError) {
        return unsafeNumbers(error, column.path, ({ path, problem, message }) => {
          // In a list or an object of a cell the number's own place can have quotes.
          if (path !== "") return message;
          const place = `${pathText(column.path)}${column.isList ? "[]" : ""}`;
          const choice = JSON.stringify(`${column.name}=${place === column.name ? "" : place}:string`);
          return column.isOpen ? `${problem}: if the column holds texts, say --column ${choice}` : problem;
        });
      }
      throw error;
    }
  }
  return { value };
}

function readCell(column: Column, text: string): unknown {
  if (!column.isList) return readValue(column, text);
  const array = text.startsWith("[") ? parsedJson(text) : undefined;
  return Array.isArray(array) ? array : elementsOf(text).map((element) => readValue(column, element));
}

function readValue({ name, type, isChosen }: Column, text: string): unknown {
  if (type === "string") return text;
  const word = text.trim();
  const value =
    type === "boolean" && /^(true|false)$/i.test(word) ? word.toLowerCase() === "true" : parsedJson(word);
  const isOfType = type === "json" || value === null || typeof value === type;
  if (value !== undefined && isOfType) return value;
  if (isChosen) throw new WrongCell(`has '${text}' in the column '${name}', which holds ${type}`);
  // Where the schema wants something else, the server names the field.
  return text;
}
