import { type ColumnManifest, type EntityManifest, valueAt } from "@cosmos-trpc/base";
import stringWidth from "string-width";
import type { Item } from "../calls.ts";
import { printable, valueText } from "./show.ts";

/** Columns of the terminal that a column of the table takes at most. */
const mostWidths = { key: 36, text: 32, value: 24, json: 60 } as const;

/** Columns of the terminal that a text has at least where it is cut; what has less room is not shown, nor is half a number. */
const leastCut = 12;

/** Characters of a cell that are looked at: no terminal shows more of one. */
const mostCharacters = 500;

const gap = "  ";

/** Rows of items, with the columns of the first ones. */
export type ItemTable = (items: readonly Item[]) => string;

/**
 * Makes what shows an entity's items as rows: the key first, what is long last, and without fields that none of the first
 * items has and those that do not fit. Columns are as wide as what they have shown so far wants.
 *
 * @param terminalWidth columns of the terminal; where they are not known nothing is cut
 */
export function itemTable(entity: EntityManifest, terminalWidth: number | undefined): ItemTable {
  /** What is left of the terminal's line. */
  let room = terminalWidth || Number.POSITIVE_INFINITY;
  let columns: (ColumnManifest & { width: number })[] | undefined;
  return (items) => {
    if (items.length === 0) return "";
    const head = columns === undefined;
    const longest = (column: ColumnManifest): number =>
      Math.max(...items.map((item) => stringWidth(cellText(item, column))));
    const wanted = (column: ColumnManifest): number =>
      Math.max(column.name.length, Math.min(mostWidth(column, entity), longest(column)));
    if (columns === undefined) {
      columns = [];
      for (const column of inTableOrder(entity)) {
        if (longest(column) === 0) continue;
        const left = columns.length === 0 ? room : room - gap.length;
        const most = wanted(column);
        const least = isLong(column) || column.kinds.includes("string") ? Math.min(most, leastCut) : most;
        if (columns.length > 0 && least > left) continue;
        const width = Math.min(most, left);
        columns.push({ ...column, width });
        room = left - width;
      }
    }
    for (const column of columns) {
      const growth = Math.min(room, Math.max(0, wanted(column) - column.width));
      column.width += growth;
      room -= growth;
    }
    const shown = columns;
    const line = (cells: readonly string[]): string =>
      `${cells
        .map((cell, index) => fitted(cell, shown[index]?.width ?? 0))
        .join(gap)
        .trimEnd()}\n`;
    const rows = items.map((item) => line(shown.map((column) => cellText(item, column))));
    return [...(head ? [line(shown.map(({ name }) => printable(name.toUpperCase())))] : []), ...rows].join(
      "",
    );
  };
}

const cellText = (item: Item, column: ColumnManifest): string =>
  printable(valueText(valueAt(item, column.path), column).slice(0, mostCharacters));

const isKey = ({ name }: ColumnManifest, entity: EntityManifest): boolean =>
  entity.key.some((field) => field.name === name);

const isLong = ({ isObject, isOpen, elements }: ColumnManifest): boolean =>
  isObject || isOpen || elements?.length === 0;

/** Where a column stands: an etag tells people nothing, and a line is short. */
function inTableOrder(entity: EntityManifest): readonly ColumnManifest[] {
  const rank = (column: ColumnManifest): number =>
    isKey(column, entity) ? 0 : isLong(column) ? 3 : column.isReadOnly ? 2 : 1;
  return entity.columns
    .filter(({ name }) => name !== "_etag")
    .toSorted((one, other) => rank(one) - rank(other));
}

function mostWidth(column: ColumnManifest, entity: EntityManifest): number {
  if (isKey(column, entity)) return mostWidths.key;
  if (isLong(column)) return mostWidths.json;
  return column.kinds.includes("string") && !column.isReadOnly ? mostWidths.text : mostWidths.value;
}

function fitted(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(width - stringWidth(shown));
}

/** As much of a text as fits, with an ellipsis where that is not all. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let shown = "";
  let taken = 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    taken += stringWidth(segment);
    if (taken > width) break;
    shown += segment;
  }
  return `${shown}…`;
}
