import { isObject } from "@cosmos-trpc/cosmos-sql/json";
import { InputError } from "./errors.ts";

/** Reads one field of an input; throws {@link InputError} when the value is none that it takes. */
export type FieldReader<T> = (value: unknown, name: string) => T;

type Readers<T> = { readonly [Name in keyof T]-?: FieldReader<Exclude<T[Name], undefined>> };

/**
 * Reads an object field by field: what came over HTTP, or from a caller without types. Fields that are left out or
 * null stay out; ones that nobody reads are refused, so that a misspelt one is not passed over.
 */
export function readFields<T>(
  input: unknown,
  readers: Readers<T>,
  required: readonly (keyof T & string)[] = [],
): T {
  if (!isObject(input)) throw new InputError("A JSON object is needed.");
  const known = Object.keys(readers);
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputError(`There is no field '${unknown}': there are ${known.join(", ")}.`);
  }
  const missing = required.find((name) => input[name] === undefined || input[name] === null);
  if (missing !== undefined) throw new InputError(`The field '${missing}' is missing.`);
  const result: Record<string, unknown> = {};
  for (const [name, read] of Object.entries<FieldReader<unknown>>(readers)) {
    const value = input[name];
    if (value !== undefined && value !== null) result[name] = read(value, name);
  }
  return result as T;
}

const refuse = (name: string, value: unknown, wanted: string): InputError =>
  new InputError(`The field '${name}' is ${JSON.stringify(value)?.slice(0, 100)}: it has to be ${wanted}.`);

export const text: FieldReader<string> = (value, name) => {
  if (typeof value !== "string" || value === "") throw refuse(name, value, "a non-empty string");
  return value;
};

export const flag: FieldReader<boolean> = (value, name) => {
  if (typeof value !== "boolean") throw refuse(name, value, "true or false");
  return value;
};

export const wholeNumber =
  (from: number, to: number): FieldReader<number> =>
  (value, name) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < from || value > to) {
      throw refuse(name, value, `a whole number from ${from} to ${to}`);
    }
    return value;
  };

export const oneOf =
  <const T extends string>(...values: readonly T[]): FieldReader<T> =>
  (value, name) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw refuse(name, value, `one of ${values.join(", ")}`);
    return found;
  };

/** The first reader that takes the value. */
export const either =
  <One, Other>(one: FieldReader<One>, other: FieldReader<Other>): FieldReader<One | Other> =>
  (value, name) => {
    try {
      return one(value, name);
    } catch (first) {
      try {
        return other(value, name);
      } catch {
        throw first;
      }
    }
  };

export const listOf =
  <T>(read: FieldReader<T>): FieldReader<T[]> =>
  (value, name) => {
    if (!Array.isArray(value)) throw refuse(name, value, "an array");
    return value.map((element, index) => read(element, `${name}[${index}]`));
  };

export const texts: FieldReader<Record<string, string>> = (value, name) => {
  if (!isObject(value) || !Object.values(value).every((entry) => typeof entry === "string")) {
    throw refuse(name, value, "an object of strings");
  }
  return value as Record<string, string>;
};
