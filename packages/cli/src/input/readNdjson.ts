import { isUtf8 } from "node:buffer";
import { isRecord, parseJson, UnsafeNumberError } from "@cosmos-trpc/base";
import { type InputRecord, maxRecordBytes, unsafeNumbers } from "./inputRecord.ts";
import { type Line, readLines } from "./readLines.ts";
import { withoutMark } from "./withoutMark.ts";

/** Bytes that an input may have which is one JSON text over many lines: it is in memory as a whole. */
const maxWholeBytes = 64 * 1024 * 1024;

/**
 * Reads JSON: an object, or an array of objects, a line (NDJSON), or one object or array over many lines. Empty lines are
 * skipped.
 */
export async function* readNdjson(chunks: AsyncIterable<Buffer>): AsyncGenerator<InputRecord> {
  const lines = readLines(withoutMark(chunks));
  let isFirst = true;
  for await (const line of lines) {
    const parsed = parseLine(line);
    if (parsed === undefined) continue;
    const [only] = parsed;
    const isBegun = isFirst && only?.problem !== undefined && /^\s*(\[|\{\s*$)/.test(textOf(line));
    isFirst = false;
    if (!isBegun) yield* parsed;
    else return yield* parseWhole(line, lines);
  }
}

const textOf = ({ bytes }: Line): string => bytes?.toString() ?? "";

/** The records of a line; `undefined` when it is empty. */
function parseLine({ number, end, bytes }: Line): readonly InputRecord[] | undefined {
  const place = { line: number, end };
  if (bytes === undefined)
    return [{ ...place, problem: `is longer than ${maxRecordBytes} bytes: an item has at most 2 MB` }];
  if (!isUtf8(bytes)) return [{ ...place, problem: "is not valid UTF-8" }];
  const text = bytes.toString();
  return text.trim() === "" ? undefined : parseItems(text, place);
}

/** The items of a JSON text, which is one, or a list of them. */
function parseItems(text: string, place: Pick<InputRecord, "line" | "end">): readonly InputRecord[] {
  const { value, ...wrong } = parseText(text);
  if (wrong.problem !== undefined) return [{ ...place, ...wrong }];
  return (Array.isArray(value) ? value : [value]).map((item: unknown) =>
    isRecord(item)
      ? { ...place, value: item }
      : { ...place, problem: "is no JSON object: one object a line is needed" },
  );
}

/** The value of a JSON text, or what is wrong with it, as the end of a sentence that begins with it. */
export function parseText(
  text: string,
): Pick<InputRecord, "problem" | "fields"> & { readonly value?: unknown } {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    if (error instanceof UnsafeNumberError) return unsafeNumbers(error);
    return { problem: `is not valid JSON: ${(error as Error).message}` };
  }
}

/** Reads on to the end what began on a line. */
async function* parseWhole(first: Line, rest: AsyncIterable<Line>): AsyncGenerator<InputRecord> {
  const texts = [textOf(first)];
  let { end } = first;
  for await (const line of rest) {
    end = line.end;
    if (end > maxWholeBytes || line.bytes === undefined) {
      yield {
        line: first.number,
        end,
        problem: `goes on over many lines, and is longer than ${maxWholeBytes} bytes: write one object a line`,
      };
      return;
    }
    texts.push(textOf(line));
  }
  yield* parseItems(texts.join("\n"), { line: first.number, end });
}
