import { fieldKind, givenFields, writableFields } from "../fields.ts";
import { readJsonText, readNumber } from "../fieldText.ts";
import { parsedJson } from "../parsedJson.ts";
import { pathNames } from "../pathNames.ts";
import { UnreadableInput } from "./inputRecord.ts";

/** A cell: its text, and whether it stood in quotes. */
export interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** A column: where its cells go in an item. */
interface Column {
  readonly path: readonly string[];
  readonly read: (cell: Cell) => unknown;
}

/** Makes of a row of cells the item's fields. */
export type RowReader = (cells: readonly Cell[]) => Record<string, unknown>;

/**
 * Reads the head of a CSV: `id`, `tags[]` for a list, `data.size` or `/data/a.b` for what is in `data`. A cell that is
 * empty, and not in quotes, leaves its field out.
 *
 * @throws UnreadableInput when it names what is no field
 */
export function readColumns(head: readonly string[]): RowReader {
  const columns = head.map((name) => readColumn(name.trim()));
  const paths = columns.map(({ path }) => path);
  for (const [index, path] of paths.entries()) {
    const other = paths.findIndex((earlier, at) => at < index && overlap(earlier, path));
    if (other !== -1) {
      throw new UnreadableInput(
        `The columns '${head[other]}' and '${head[index]}' are for the same field: leave one of them out.`,
      );
    }
  }
  return (cells) => {
    const item: Record<string, unknown> = Object.create(null);
    for (const [index, { path, read }] of columns.entries()) {
      const cell = cells[index];
      if (cell === undefined || (cell.text === "" && !cell.isQuoted)) continue;
      put(item, path, read(cell));
    }
    return item;
  };
}

function readColumn(name: string): Column {
  const [, text = "", brackets] = /^(.*?)(\[\])?$/s.exec(name) ?? [];
  const path = pathNames(text);
  const [root = ""] = path;
  const isKnown = Object.hasOwn(writableFields, root) || (givenFields as readonly string[]).includes(root);
  if (!isKnown || (path.length > 1 && root !== "data") || (path.length > 1 && path.includes(""))) {
    const known = Object.entries(writableFields).map(([field, kind]) =>
      kind === "texts" ? `${field}[]` : field,
    );
    throw new UnreadableInput(
      `The column '${name}' is no field of an item. The first line has to name the columns: ${known.join(", ")}, and data.x for what is in data.`,
    );
  }
  const isList = brackets !== undefined || fieldKind(text) === "texts";
  return { path, read: isList ? listReader(text) : cellReader(text) };
}

const cellReader = (path: string): ((cell: Cell) => unknown) => {
  switch (fieldKind(path)) {
    case "number":
      return ({ text }) => readNumber(text.trim()) ?? text;
    case "json":
      // An object as a whole, or what is in it.
      return ({ text }) => readJsonText(text);
    default:
      return ({ text }) => text;
  }
};

/** A list in a cell: a JSON array, or elements with semicolons between them. */
const listReader = (path: string): ((cell: Cell) => unknown) => {
  const readElement = fieldKind(path) === "texts" ? (text: string) => text : readJsonText;
  return ({ text }) => {
    const array = text.startsWith("[") ? parsedJson(text) : undefined;
    if (Array.isArray(array)) return array;
    return text === "" ? [] : text.split(";").map((element) => readElement(element.trim()));
  };
};

const overlap = (one: readonly string[], other: readonly string[]): boolean =>
  one.slice(0, other.length).join("\0") === other.slice(0, one.length).join("\0");

function put(item: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const last = path.length - 1;
  let inner = item;
  for (const name of path.slice(0, last)) {
    // Objects without a prototype: a name such as __proto__ is a name.
    inner[name] ??= Object.create(null);
    inner = inner[name] as Record<string, unknown>;
  }
  inner[path[last] as string] = value;
}
