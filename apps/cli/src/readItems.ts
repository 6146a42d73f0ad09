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
 * Reads items from NDJSON: one JSON object a line, empty lines skipped. Input whose first line is no JSON by itself is
 * taken as one JSON text over many lines: an object, or an array of them.
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
    if (number === 1 && item.problem !== undefined && /^\s*[[{]\s*$/.test(text)) whole = [text];
    else yield item;
  }
  if (whole === undefined) return;
  const { value, problem } = parse(whole.join("\n"), 1);
  if (problem !== undefined) yield { line: 1, problem };
  else
    for (const entry of Array.isArray(value) ? (value as unknown[]) : [value])
      yield { line: 1, value: entry };
}

/** Parses one JSON text. */
export function parse(text: string, line: number): InputItem {
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { line, problem: `is not valid JSON: ${(error as Error).message}` };
  }
}
