import type { RouterInputs } from "@cosmos-trpc/client";
import { parse } from "./readItems.ts";
import { WrongUsage } from "./refused.ts";

/** An item as it is written. */
export type ItemInput = RouterInputs["items"]["create"];

/** Reads an item from the command line. The server's schema checks it and names every field that is wrong. */
export function parseItem(text: string): object {
  const { value, problem } = parse(text, 1);
  if (problem !== undefined) throw new WrongUsage(`The item ${problem}.`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new WrongUsage("The item has to be a JSON object.");
  }
  return value;
}
