import { maxRecordBytes } from "./inputRecord.ts";

/** A line of an input, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Bytes of the input up to its end. */
  readonly end: number;
  /** `undefined` where it is too long to be kept. */
  readonly bytes: Buffer | undefined;
}

const newLine = 0x0a;

/** Cuts bytes into lines, with no more than one chunk and one line in memory. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1;
  let end = 0;
  /** The beginning of a line whose end is in a later chunk. */
  let parts: Buffer[] = [];
  let kept = 0;
  let isTooLong = false;

  function add(part: Buffer): void {
    kept += part.length;
    isTooLong ||= kept > maxRecordBytes;
    if (isTooLong) parts = [];
    else if (part.length > 0) parts.push(part);
  }

  function take(): Line {
    const [only] = parts;
    const bytes = parts.length === 1 ? only : Buffer.concat(parts);
    const line = { number, end, bytes: isTooLong ? undefined : bytes };
    number += 1;
    parts = [];
    kept = 0;
    isTooLong = false;
    return line;
  }

  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newLine); at !== -1; at = chunk.indexOf(newLine, from)) {
      add(chunk.subarray(from, at));
      end += at + 1 - from;
      from = at + 1;
      yield take();
    }
    const rest = chunk.subarray(from);
    end += rest.length;
    add(rest);
  }
  if (kept > 0) yield take();
}
