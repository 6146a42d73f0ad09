import { InvalidArgumentError } from "commander";

/** Makes the reader of an option that may be given more than once. */
export const collect =
  <Value>(parse: (text: string) => Value) =>
  (text: string, before: readonly Value[] = []): readonly Value[] => [...before, parse(text)];

/** Makes the reader of a whole number. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
  };

/** Reads a key of an order: `name`, `data.size:desc`. */
export function parseOrderKey(text: string): [path: string, direction: "asc" | "desc"] {
  const [, path = "", direction = "asc"] = /^(.*?)(?::(asc|desc))?$/s.exec(text) ?? [];
  if (path === "" || /:[a-z]+$/i.test(path)) {
    throw new InvalidArgumentError("It has to be a path, with :desc at its end for the other way round.");
  }
  return [path, direction === "desc" ? "desc" : "asc"];
}

/** Reads `path=value`. */
export function parseAssignment(text: string): [path: string, value: string] {
  const [, path = "", value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (value === undefined) throw new InvalidArgumentError("It has to be path=value.");
  return [path, value];
}
