import { printable } from "./show.ts";

/** Tells people something on standard error: standard output has data alone. */
export const tell = (text: string): void => {
  process.stderr.write(`cosmos-trpc: ${printable(text)}\n`);
};

/** Tells what was done, and what it cost, where nobody asked for output for machines. */
export const tellDone = (text: string, json: boolean | undefined): void => {
  if (json !== true) process.stderr.write(`${printable(text)}\n`);
};
