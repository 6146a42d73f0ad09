import { isUtf8 } from "node:buffer";
import type { EntityManifest } from "@cosmos-trpc/base";
import { CsvError, type Parser, parse } from "csv-parse";
import { UnreadableInput } from "../errors.ts";
import type { ColumnChoice } from "../optionValues.ts";
import { type Cell, type Column, columnTypeFinder, readHead, readRow } from "./csvColumns.ts";
import { type InputRecord, maxRecordBytes } from "./inputRecord.ts";
import { lineCount } from "./lineCount.ts";
import { withoutMark } from "./withoutMark.ts";

/** How a CSV is read. */
export interface CsvOptions {
  /** The character between fields; by default the first line tells. */
  readonly delimiter?: string | undefined;
  /** Where columns go, and what they are. */
  readonly columns?: readonly ColumnChoice[] | undefined;
}

/** A cell as the parser gives it: whether its text is UTF-8 is for us to see. */
interface RawCell {
  readonly bytes: Uint8Array;
  readonly isQuoted: boolean;
}

/** A row: where it is, and its cells. */
interface Row {
  readonly line: number;
  readonly end: number;
  readonly cells: readonly RawCell[];
}

/**
 * Reads CSV (RFC 4180) with a line of column names first. Empty lines are skipped; a stray quote is a character. Where the
 * schema does not say what a column holds, all of its cells do: then the input is read twice.
 *
 * @param open begins the input from its first byte
 */
export async function* readCsv(
  open: () => AsyncIterable<Buffer>,
  entity: EntityManifest,
  { delimiter, columns: choices = [] }: CsvOptions = {},
): AsyncGenerator<InputRecord> {
  let columns: readonly Column[] | undefined;
  let finder: ReturnType<typeof columnTypeFinder> | undefined;
  for await (const row of readRows(open(), delimiter)) {
    if (columns === undefined) {
      columns = readHead(textsOf(row), entity, choices);
      if (columns.some(({ type }) => type === undefined)) finder = columnTypeFinder(columns);
    } else if (finder === undefined) yield readRecord(row, columns);
    else if (problemOf(row, columns) === undefined) finder.observe(row.cells.map(toCell));
  }
  if (finder === undefined) return;
  columns = finder.columns();
  let isHead = true;
  for await (const row of readRows(open(), delimiter)) {
    if (!isHead) yield readRecord(row, columns);
    isHead = false;
  }
}

function textsOf({ cells }: Row): string[] {
  if (!cells.every(({ bytes }) => isUtf8(bytes)))
    throw new UnreadableInput("The column names are not valid UTF-8.");
  return cells.map((cell) => toCell(cell).text);
}

function problemOf({ cells }: Row, columns: readonly Column[]): string | undefined {
  if (cells.length !== columns.length) {
    return `has ${cells.length} field${cells.length === 1 ? "" : "s"}, and the line of column names ${columns.length}`;
  }
  return cells.every(({ bytes }) => isUtf8(bytes)) ? undefined : "is not valid UTF-8";
}

function readRecord(row: Row, columns: readonly Column[]): InputRecord {
  const { line, end, cells } = row;
  const problem = problemOf(row, columns);
  return { line, end, ...(problem === undefined ? readRow(columns, cells.map(toCell)) : { problem }) };
}

const toCell = ({ bytes, isQuoted }: RawCell): Cell => ({
  text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
  isQuoted,
});

/** The rows of a CSV, the column names' first. */
async function* readRows(chunks: AsyncIterable<Buffer>, delimiter: string | undefined): AsyncGenerator<Row> {
  const {
    bytes: body,
    delimiter: found,
    skippedLines,
    skippedBytes,
  } = await dialectOf(withoutMark(chunks), delimiter);
  const rows: { cells: readonly RawCell[]; emptyLines: number; end: number }[] = [];
  const parser = parse({
    encoding: null,
    columns: false,
    delimiter: found,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRecordBytes,
    // The types know values as text, and records as lists of it.
    cast: (value, { quoting }) => ({ bytes: value as unknown as Uint8Array, isQuoted: quoting }),
    on_record: (cells: unknown, { empty_lines, bytes }) => {
      rows.push({ cells: cells as readonly RawCell[], emptyLines: empty_lines, end: bytes });
      return null;
    },
  });
  // With every row taken out on its way, nothing comes; but it has to flow to its end.
  parser.resume();
  // What it fails with comes to whoever feeds it, too.
  parser.on("error", () => undefined);

  // Counted here, since the parser counts some ends of lines in quotes twice.
  const lines = lineCount();
  const first = 1 + skippedLines;
  let line = first;
  let emptyBefore = 0;

  function* take(): Generator<Row> {
    for (const { cells, emptyLines, end } of rows.splice(0)) {
      const row = { line: line + emptyLines - emptyBefore, end: end + skippedBytes, cells };
      line = first + lines.upTo(end);
      emptyBefore = emptyLines;
      yield row;
    }
  }

  for await (const chunk of body) {
    lines.add(chunk);
    const failure = await feed(parser, chunk);
    yield* take();
    if (failure != null) throw unreadable(failure, line);
  }
  const failure = await feed(parser, undefined);
  yield* take();
  if (failure != null) throw unreadable(failure, line);
}

/** Gives the parser its next bytes, or the end. @returns what it fails with */
const feed = (parser: Parser, chunk: Buffer | undefined): Promise<Error | null | undefined> =>
  new Promise((resolve) => {
    if (chunk === undefined) parser.end(resolve);
    else parser.write(chunk, resolve);
  });

function unreadable(error: Error, line: number): Error {
  if (!(error instanceof CsvError)) return error;
  return new UnreadableInput(
    error.code === "CSV_QUOTE_NOT_CLOSED"
      ? `The record that begins on line ${line} has a quote that is never closed: nothing after it can be read.`
      : `The record that begins on line ${line} is longer than ${maxRecordBytes} bytes, maybe since a quote is not closed: nothing after it was read.`,
  );
}

/** What stands between the fields of a CSV, and the bytes that are left when that is known. */
interface Dialect {
  readonly delimiter: string;
  readonly bytes: AsyncIterable<Buffer>;
  readonly skippedLines: number;
  readonly skippedBytes: number;
}

const newLine = 0x0a;

/**
 * Finds the delimiter: the one that is given, else that of a line `sep=;` before the column names, as Excel writes and
 * reads it, else whichever of comma, semicolon and tab stands most often between the column names.
 */
async function dialectOf(chunks: AsyncIterable<Buffer>, given: string | undefined): Promise<Dialect> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isDone = false;
  while (!isDone && !isHeadWhole(head) && head.length <= maxRecordBytes) {
    const { done, value } = await iterator.next();
    isDone = done === true;
    if (value !== undefined) head = Buffer.concat([head, value as Buffer]);
  }
  async function* rest(from: number): AsyncGenerator<Buffer> {
    if (head.length > from) yield head.subarray(from);
    head = Buffer.alloc(0);
    if (!isDone) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const [separatorLine, separator] =
    /^"?sep=([^\r\n])"?\r?\n/i.exec(head.subarray(0, 16).toString("latin1")) ?? [];
  if (separatorLine === undefined || separator === undefined) {
    return { delimiter: given ?? commonest(head), bytes: rest(0), skippedLines: 0, skippedBytes: 0 };
  }
  const skippedBytes = separatorLine.length;
  return { delimiter: given ?? separator, bytes: rest(skippedBytes), skippedLines: 1, skippedBytes };
}

/** Whether a line of column names is there as a whole, be it behind a `sep=` line. */
function isHeadWhole(head: Buffer): boolean {
  const first = head.indexOf(newLine);
  return first !== -1 && (!/^"?sep=/i.test(head.toString("latin1", 0, 5)) || head.length > first + 1);
}

function commonest(head: Buffer): string {
  const [line = ""] = head
    .toString("latin1")
    .trimStart()
    .replaceAll(/"(?:[^"]|"")*"?/g, "")
    .split(/\r?\n/, 1);
  const counts = [",", ";", "\t"].map((delimiter) => [delimiter, line.split(delimiter).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
