import { isUtf8 } from "node:buffer";
import { CsvError, type Parser, parse } from "csv-parse";
import { type Cell, type RowReader, readColumns } from "./csvColumns.ts";
import { type InputRecord, maxRecordBytes, UnreadableInput } from "./inputRecord.ts";
import { lineCount } from "./lineCount.ts";
import { withoutMark } from "./withoutMark.ts";

/** A cell as the parser gives it: whether its text is UTF-8 is for us to see. */
interface RawCell {
  readonly bytes: Uint8Array;
  readonly isQuoted: boolean;
}

/** Reads CSV (RFC 4180) with a line of column names first. Empty lines are skipped; a stray quote is a character. */
export async function* readCsv(chunks: AsyncIterable<Buffer>): AsyncGenerator<InputRecord> {
  const rows: { cells: readonly RawCell[]; emptyLines: number; end: number }[] = [];
  const parser = parse({
    encoding: null,
    columns: false,
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

  let readRow: RowReader | undefined;
  let columnCount = 0;
  // Counted here, since the parser counts some ends of lines in quotes twice.
  const lines = lineCount();
  let line = 1;
  let emptyBefore = 0;

  function* take(): Generator<InputRecord> {
    for (const { cells, emptyLines, end } of rows.splice(0)) {
      const place = { line: line + emptyLines - emptyBefore, end };
      line = 1 + lines.upTo(end);
      emptyBefore = emptyLines;
      if (readRow === undefined) {
        readRow = readHead(cells);
        columnCount = cells.length;
      } else yield { ...place, ...readCells(cells, columnCount, readRow) };
    }
  }

  for await (const chunk of withoutMark(chunks)) {
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

function readHead(cells: readonly RawCell[]): RowReader {
  if (!cells.every(({ bytes }) => isUtf8(bytes)))
    throw new UnreadableInput("The column names are not valid UTF-8.");
  return readColumns(cells.map(({ bytes }) => textOf(bytes)));
}

function readCells(
  cells: readonly RawCell[],
  columnCount: number,
  readRow: RowReader,
): Pick<InputRecord, "value" | "problem"> {
  if (cells.length !== columnCount) {
    return { problem: `has ${cells.length} fields, and the line of column names ${columnCount}` };
  }
  if (!cells.every(({ bytes }) => isUtf8(bytes))) return { problem: "is not valid UTF-8" };
  return { value: readRow(cells.map(({ bytes, isQuoted }): Cell => ({ text: textOf(bytes), isQuoted }))) };
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
