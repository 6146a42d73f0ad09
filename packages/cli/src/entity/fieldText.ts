import {
  type JsonPath,
  parseJson,
  parsePath,
  pathText,
  type ScalarKind,
  UnsafeNumberError,
} from "@cosmos-trpc/base";
import { WrongUsage } from "../errors.ts";
import type { Field } from "./fields.ts";

/** A number as JSON writes it. Source: RFC 8259, section 6. */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Whether a text is a number, `true`, `false` or `null`, as JSON writes them. */
export const isLiteral = (text: string): boolean =>
  jsonNumber.test(text) || text === "true" || text === "false" || text === "null";

/** The value of a JSON text; `undefined` when it is none. @throws UnsafeNumberError for a number that no double holds */
export function parsedJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof UnsafeNumberError) throw error;
    return undefined;
  }
}

/** Whether it is JSON with a number that a double does not hold. */
export function isUnsafe(text: string): boolean {
  try {
    parseJson(text);
    return false;
  } catch (error) {
    return error instanceof UnsafeNumberError;
  }
}

/**
 * Reads what was written for a field, and names the field where that has a number which no double holds.
 *
 * @param where the option as it was written
 * @param name the field's path; empty where the option alone names it
 */
export function readNamed<Value>(
  where: string,
  name: string,
  { kinds, isJson, elements = [] }: Pick<Field, "kinds" | "isJson" | "elements">,
  read: () => Value,
): Value {
  try {
    return read();
  } catch (error) {
    const [number] = error instanceof UnsafeNumberError ? error.numbers : [];
    if (number === undefined) throw error;
    const isTextTaken = isJson || [...kinds, ...elements].includes("string");
    const mend = isTextTaken
      ? `: if a text is meant, write it as one in JSON, ${inJson(number.literal)}`
      : "";
    const path = pathBelow(name, number.path);
    throw new WrongUsage(`${where}${path === "" ? "" : `: ${path}`} ${number.problem}${mend}.`);
  }
}

/** A number as a text in JSON, for a shell. */
const inJson = (literal: string): string => (literal.length > 40 ? "in double quotes" : `'"${literal}"'`);

/** The path of what stands at a path in the value of another. */
export function pathBelow(outer: string, inner: string): string {
  const paths = [outer, inner].map((text): JsonPath | string => (text === "" ? [] : parsePath(text)));
  return paths.some((path) => typeof path === "string") ? inner : pathText((paths as JsonPath[]).flat());
}

/** Whether a field is text, and nothing that looks like JSON is meant as such. */
export const isText = ({ kinds, isJson }: Pick<Field, "kinds" | "isJson">): boolean =>
  !isJson && kinds.length === 1 && kinds[0] === "string";

/** Whether a field may be text, and something else too: what is meant has to be seen by how it is written. */
export const isAmbiguous = ({ kinds, isJson }: Pick<Field, "kinds" | "isJson">): boolean =>
  kinds.includes("string") && (kinds.length > 1 || isJson);

const elementsOf = ({ elements = [] }: Field): Pick<Field, "kinds" | "isJson"> => ({
  kinds: elements,
  isJson: elements.length === 0 || elements.length > 3,
});

/** What an element of a list may be. */
export const elementOf = (field: Field): Field => ({ ...field, ...elementsOf(field), isTime: false });

/**
 * Reads a value that a person wrote for a field: `ada` for a text, `3` for a number. Where anything may stand, `3`, `true`,
 * `null`, `"3"`, `[…]` and `{…}` are JSON, and all else is a text.
 */
export function readFieldText(field: Field, text: string): unknown {
  if (field.isTime) return readTime(text);
  if (isText(field)) {
    // In quotes, as JSON has them, it may have spaces around it.
    const quoted = text.startsWith('"') ? parsedJson(text) : undefined;
    return typeof quoted === "string" ? quoted : text;
  }
  if (isAmbiguous(field)) return readOpenText(text);
  return parsedJson(text) ?? (text === "null" ? null : text);
}

/** The same for several values: a JSON array, or values with commas between them. */
export function readFieldTexts(field: Field, text: string): unknown[] {
  const array = text.startsWith("[") ? parsedJson(text) : undefined;
  return Array.isArray(array) ? array : text.split(",").map((one) => readFieldText(field, one.trim()));
}

/** Reads what may be JSON: `1.10` is the number 1.1, and `007`, which JSON has not, a text. */
function readOpenText(text: string): unknown {
  if (text === "null") return null;
  return (isLiteral(text) || /^["[{]/.test(text) ? parsedJson(text) : undefined) ?? text;
}

/** Seconds since 1970 of a time as ISO 8601; what is no time stays, for the server to name. */
function readTime(text: string): unknown {
  if (jsonNumber.test(text)) return parsedJson(text);
  const unquoted = text.replace(/^"(.*)"$/, "$1");
  const time = /^\d{4}-\d\d-\d\d/.test(unquoted) ? Date.parse(unquoted) : Number.NaN;
  return Number.isNaN(time) ? text : time / 1_000;
}

/** Reads a key's field. @throws WrongUsage when it is none of its kinds */
export function readKeyText(
  option: string,
  kinds: readonly ScalarKind[],
  text: string,
): string | number | boolean | null {
  if (kinds.length === 0 || (kinds.length === 1 && kinds[0] === "string")) return text;
  const value = readNamed(option, "", { kinds, isJson: false }, () =>
    kinds.includes("string") ? readOpenText(text) : parsedJson(text),
  );
  const kind = value === null ? "null" : typeof value;
  if (kinds.includes(kind as ScalarKind)) return value as string | number | boolean | null;
  if (kinds.includes("string")) return text;
  throw new WrongUsage(`${option} ${text}: it has to be ${kinds.map((one) => `a ${one}`).join(" or ")}.`);
}
