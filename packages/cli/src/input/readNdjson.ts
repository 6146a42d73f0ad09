import { isUtf8 } from "node:buffer";
import { type InputRecord, tooLong } from "./inputRecord.ts";
import { readLines } from "./readLines.ts";
import { withoutMark } from "./withoutMark.ts";

/** Reads NDJSON: one JSON object a line. Empty lines are skipped. */
export async function* readNdjson(chunks: AsyncIterable<Buffer>): AsyncGenerator<InputRecord> {
  for await (const { number, end, bytes } of readLines(withoutMark(chunks))) {
    const place = { line: number, end };
    if (bytes === undefined) yield { ...place, problem: tooLong };
    else if (!isUtf8(bytes)) yield { ...place, problem: "is not valid UTF-8" };
    else {
      const text = bytes.toString();
      if (text.trim() !== "") yield { ...place, ...parseObject(text) };
    }
  }
}

function parseObject(text: string): Pick<InputRecord, "value" | "problem"> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { value: value as Record<string, unknown> }
      : { problem: "is no JSON object: one object a line is needed" };
  } catch (error) {
    return { problem: `is not valid JSON: ${(error as Error).message}` };
  }
}
