import { createReadStream, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import { Refused, WrongUsage } from "../refused.ts";
import type { InputRecord } from "./inputRecord.ts";
import { readCsv } from "./readCsv.ts";
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

const readers: Readonly<Record<Format, (chunks: AsyncIterable<Buffer>) => AsyncGenerator<InputRecord>>> = {
  ndjson: readNdjson,
  csv: readCsv,
};

const extensions: Readonly<Record<string, Format>> = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
};

/** The format that a file's name tells. */
export const formatOf = (path: string): Format | undefined => extensions[extname(path).toLowerCase()];

/** Opens a file, or standard input for `-`. Its format is in its name, where it is not given. */
export function openInput(source: string, given: Format | undefined): Input {
  const format = given ?? formatOf(source);
  if (format === undefined) {
    throw new WrongUsage(
      `What format has ${source === "-" ? "standard input" : source}? Say it with --format ${formats.join(" or ")}.`,
    );
  }
  const read = readers[format];
  if (source === "-")
    return { format, identity: undefined, records: (signal) => read(addAbortSignal(signal, process.stdin)) };
  const path = resolve(source);
  const file = statInput(path);
  return {
    format,
    identity: { path, size: file.size, modified: file.mtime.toISOString() },
    records: (signal) => read(createReadStream(path, { highWaterMark: 256 * 1024, signal })),
  };
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
