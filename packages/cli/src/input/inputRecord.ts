import { type JsonPath, pathText, type UnsafeNumber, type UnsafeNumberError } from "@cosmos-trpc/base";
import { pathBelow } from "../entity/fieldText.ts";
import type { WrittenItem } from "../options.ts";

/** One record of an input: what it says, or what is wrong with it. */
export interface InputRecord {
  /** The line that it began on, from 1. */
  readonly line: number;
  /** Bytes of the input up to its end. */
  readonly end: number;
  readonly value?: WrittenItem;
  /** The end of a sentence that begins with the record. */
  readonly problem?: string;
  /** Which fields are wrong, where it is that. */
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Bytes that a record may have. An item has at most 2 MB, and the server takes requests of 4 MiB; what is longer is not
 * kept in memory.
 */
export const maxRecordBytes = 4 * 1024 * 1024 - 1_024;

/**
 * What is wrong with a record that has numbers which no double holds.
 *
 * @param below where the text stands in which they are
 * @param say what to say of each
 */
export function unsafeNumbers(
  error: UnsafeNumberError,
  below: JsonPath = [],
  say = ({ message }: UnsafeNumber): string => message,
): Pick<InputRecord, "problem" | "fields"> {
  const fields = error.numbers.map((number) => ({
    path: pathBelow(pathText(below), number.path),
    message: say(number),
  }));
  const [first] = fields;
  return { problem: `cannot be taken: ${first?.path || "it"} ${first?.message}`, fields };
}
