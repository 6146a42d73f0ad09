import type { Usage } from "./calls.ts";

/** A call that was refused, or a server that does not answer: the process ends with 1 and this sentence. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** What the refused call cost, where there was one. */
  readonly usage: Usage | undefined;

  constructor(message: string, usage?: Usage) {
    super(message);
    this.usage = usage;
  }
}

/** Arguments that make no sense: the process ends with 2 and this sentence. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}

/** The user's Ctrl-C, or a request to end: work has been put in order, and the process ends with this code. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Who read standard output has had enough (`| head`) and is gone: the process ends with 0, and says nothing. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** An input that cannot be read on: what it is, as a sentence. */
export class UnreadableInput extends Error {
  override readonly name = "UnreadableInput";
}
