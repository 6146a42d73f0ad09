import { resolve } from "node:path";
import { WrongUsage } from "../refused.ts";

/** The input, the report and the checkpoint have to be three files. */
export function checkPlaces(
  input: string | undefined,
  places: Readonly<Record<string, string | undefined>>,
): void {
  const seen = new Map(input === undefined ? [] : [[input, "input"]]);
  for (const [name, place] of Object.entries(places)) {
    if (place === undefined) continue;
    const path = resolve(place);
    const other = seen.get(path);
    if (other !== undefined) throw new WrongUsage(`The ${name} cannot be the ${other}'s file, ${path}.`);
    seen.set(path, name);
  }
}
