import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import type { EntityManifest } from "@cosmos-trpc/base";
import { Refused, UnreadableInput, WrongUsage } from "../errors.ts";
import type { InputRecord } from "./inputRecord.ts";
import type { CsvOptions } from "./readCsv.ts";
import { readNdjson } from "./readNdjson.ts";

/** The formats of items in files. */
export const formats = ["ndjson", "csv"] as const;

export type Format = (typeof formats)[number];

/** An input of items. */
export interface Input {
  readonly format: Format;
  /** What it is known by at another run: `undefined` for standard input, which comes but once. */
  readonly identity: { readonly path: string; readonly size: number; readonly modified: string } | undefined;
  /** Its records; the signal cuts the wait for more. */
  records(signal: AbortSignal): AsyncGenerator<InputRecord>;
}

/** What an input is opened with. */
export interface InputOptions extends CsvOptions {
  /** By default the file's name tells, and standard input is NDJSON. */
  readonly format?: Format | undefined;
}

const extensions: Readonly<Record<string, Format>> = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".json": "ndjson",
  ".csv": "csv",
  ".tsv": "csv",
};

/** The format that a file's name tells. */
export const formatOf = (path: string): Format | undefined => extensions[extname(path).toLowerCase()];

/** Opens a file, or standard input for `-`. */
export function openInput(
  source: string,
  options: InputOptions,
  entity: EntityManifest,
  stdin: Readable,
): Input {
  const format = options.format ?? (source === "-" ? "ndjson" : formatOf(source));
  if (format === undefined) {
    throw new WrongUsage(`What format has ${source}? Say it with --format ${formats.join(" or ")}.`);
  }
  if (format !== "csv" && (options.delimiter !== undefined || options.columns !== undefined)) {
    throw new WrongUsage("--delimiter and --column go with a CSV.");
  }
  async function* read(open: () => AsyncIterable<Buffer>): AsyncGenerator<InputRecord> {
    if (format === "ndjson") yield* readNdjson(open());
    // Loaded when it is needed: most commands read no CSV.
    else yield* (await import("./readCsv.ts")).readCsv(open, entity, options);
  }
  if (source === "-") {
    return {
      format,
      identity: undefined,
      records: (signal) =>
        format === "csv" ? readKept(stdin, signal, read) : read(() => addAbortSignal(signal, stdin)),
    };
  }
  const path = resolve(source);
  const file = statInput(path);
  return {
    format,
    identity: { path, size: file.size, modified: file.mtime.toISOString() },
    records: (signal) => read(() => unchanged(createReadStream(path, { highWaterMark, signal }))),
  };

  /** Before a reader hears of the end: of a file that was cut, the last record may be a part of one. */
  async function* unchanged(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield* chunks;
    const { size, mtimeMs } = statInput(path);
    if (size === file.size && mtimeMs === file.mtimeMs) return;
    const sizes = `it had ${file.size.toLocaleString("en")} bytes, and has ${size.toLocaleString("en")} now`;
    throw new UnreadableInput(
      `The input was changed while it was read: ${sizes}. Bring it back as it was, or begin anew with --restart.`,
    );
  }
}

const highWaterMark = 256 * 1024;

/** Reads a stream that may have to be read twice: what came of it is kept in a file for that while. */
async function* readKept(
  stdin: Readable,
  signal: AbortSignal,
  read: (open: () => AsyncIterable<Buffer>) => AsyncGenerator<InputRecord>,
): AsyncGenerator<InputRecord> {
  const folder = mkdtempSync(join(tmpdir(), "import-"));
  const path = join(folder, "input");
  const file = openSync(path, "wx", 0o600);
  async function* first(): AsyncGenerator<Buffer> {
    for await (const chunk of addAbortSignal(signal, stdin) as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
      yield chunk;
    }
  }
  let isRead = false;
  try {
    yield* read(() => {
      const chunks = isRead ? createReadStream(path, { highWaterMark, signal }) : first();
      isRead = true;
      return chunks;
    });
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}

function statInput(path: string) {
  try {
    const file = statSync(path);
    if (file.isFile()) return file;
  } catch (error) {
    throw new Refused(`The input cannot be read: ${(error as Error).message}.`);
  }
  throw new Refused(`The input cannot be read: ${path} is no file.`);
}
