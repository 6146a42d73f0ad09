import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** One item of an input, or what is wrong with its text. */
export interface InputItem {
  /** The line it began on, from 1. */
  readonly line: number;
  readonly value?: unknown;
  readonly problem?: string;
}

/**
 * Reads items from NDJSON: one JSON object, or an array of them, a line; empty lines are skipped. Input whose first line
 * only begins an object or an array is taken as one JSON text over many lines.
 */
export async function* readItems(input: Readable): AsyncGenerator<InputItem> {
  let number = 0;
  let whole: string[] | undefined;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (whole !== undefined) {
      whole.push(line);
      continue;
    }
    const text = number === 1 ? line.replace(/^\ufeff/, "") : line;
    if (text.trim() === "") continue;
    const item = parse(text, number);
    if (number === 1 && item.problem !== undefined && /^\s*(\[|\{\s*$)/.test(text)) whole = [text];
    else yield* entries(item);
  }
  if (whole !== undefined) yield* entries(parse(whole.join("\n"), 1));
}

/** The items of an array, or the one item. */
function entries(item: InputItem): InputItem[] {
  const { line, value } = item;
  return Array.isArray(value) ? value.map((entry: unknown) => ({ line, value: entry })) : [item];
}

/** Parses one JSON text. */
export function parse(text: string, line: number): InputItem {
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { line, problem: `is not valid JSON: ${(error as Error).message}` };
  }
}
