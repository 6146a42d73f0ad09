import type { Item } from "@cosmos-trpc/client";
import stringWidth from "string-width";
import { printable } from "./show.ts";

/** A column of a table of items. */
interface Column {
  readonly title: string;
  /** Columns of the terminal that it takes: as few as it needs, and at most as many. */
  readonly most: number;
  readonly text: (item: Item) => string;
}

const columns: readonly Column[] = [
  { title: "ID", most: 36, text: ({ id }) => id },
  { title: "PK", most: 24, text: ({ pk }) => pk },
  { title: "NAME", most: 32, text: ({ name }) => name },
  { title: "TAGS", most: 24, text: ({ tags = [] }) => tags.join(", ") },
  { title: "UPDATED", most: 24, text: ({ updatedAt }) => updatedAt },
  { title: "DATA", most: 60, text: ({ data }) => (data === undefined ? "" : JSON.stringify(data)) },
];

/** Characters of a cell that are looked at: no terminal shows more of one. */
const mostCharacters = 500;

const gap = "  ";

/** Makes what shows items as rows on standard output, with the widths of the first ones. */
export function itemTable(): (items: readonly Item[]) => string {
  // Where no width is known, as behind some recorders of terminals, nothing is cut.
  const terminalWidth = process.stdout.columns || Number.POSITIVE_INFINITY;
  let widths: readonly number[] | undefined;
  return (items) => {
    if (items.length === 0) return "";
    const rows = items.map((item) =>
      columns.map(({ text }) => printable(text(item).slice(0, mostCharacters))),
    );
    const head = widths === undefined ? [columns.map(({ title }) => title)] : [];
    widths ??= columns.map(({ title, most }, index) =>
      Math.min(most, Math.max(title.length, ...rows.map((row) => stringWidth(row[index] ?? "")))),
    );
    return [...head, ...rows].map((row) => `${line(row, widths ?? [], terminalWidth)}\n`).join("");
  };
}

const line = (cells: readonly string[], widths: readonly number[], terminalWidth: number): string => {
  const text = cells.map((cell, index) => fitted(cell, widths[index] ?? 0)).join(gap);
  return cut(text.trimEnd(), terminalWidth);
};

function fitted(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(width - stringWidth(shown));
}

/** As much of a text as fits, with an ellipsis where that is not all. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let shown = "";
  let taken = 1;
  for (const { segment } of graphemes.segment(text)) {
    taken += stringWidth(segment);
    if (taken > width) break;
    shown += segment;
  }
  return `${shown}…`;
}

const graphemes = new Intl.Segmenter();
