import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { WrongUsage } from "../errors.ts";

/** The input, the report and the checkpoint have to be three files, whatever links lead to them. */
export function checkPlaces(
  input: string | undefined,
  places: Readonly<Record<string, string | undefined>>,
): void {
  const seen = new Map(input === undefined ? [] : [[target(input), "input"]]);
  for (const [name, place] of Object.entries(places)) {
    if (place === undefined) continue;
    const path = target(place);
    const other = seen.get(path);
    if (other !== undefined) throw new WrongUsage(`The ${name} cannot be the ${other}'s file, ${path}.`);
    seen.set(path, name);
  }
}

/** The file that a path leads to; the path itself where there is none yet. */
function target(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    return resolve(place);
  }
}
