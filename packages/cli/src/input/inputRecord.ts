/** One record of an input: what it says, or what is wrong with it. */
export interface InputRecord {
  /** The line that it began on, from 1. */
  readonly line: number;
  /** Bytes of the input up to its end. */
  readonly end: number;
  readonly value?: Readonly<Record<string, unknown>>;
  /** The end of a sentence that begins with the record. */
  readonly problem?: string;
}

/**
 * Bytes that a record may have. An item has at most 2 MB, and the server takes requests of 4 MiB; what is longer is not
 * kept in memory.
 */
export const maxRecordBytes = 4 * 1024 * 1024 - 1_024;

export const tooLong = `is longer than ${maxRecordBytes} bytes: an item has at most 2 MB`;

/** An input that cannot be read on: what it is, as a sentence. */
export class UnreadableInput extends Error {
  override readonly name = "UnreadableInput";
}
