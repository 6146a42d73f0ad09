import type { Usage } from "./api.ts";

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
