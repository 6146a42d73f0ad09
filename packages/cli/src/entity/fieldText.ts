import { fieldKind } from "./fields.ts";
import { parsedJson } from "./parsedJson.ts";

/**
 * Reads a value that a person wrote for the field at a path: `ada` for a text, `3` for a number. In `data`, where
 * anything may stand, `3`, `true`, `null`, `"3"`, `[…]` and `{…}` are JSON, and all else is a text.
 */
export function readFieldText(path: string, text: string): unknown {
  switch (fieldKind(path)) {
    case "number":
      return readNumber(text) ?? text;
    case "json":
      return readJsonText(text);
    default: {
      // In quotes, as JSON has them, it may have spaces around it.
      const quoted = text.startsWith('"') ? parsedJson(text) : undefined;
      return typeof quoted === "string" ? quoted : text;
    }
  }
}

/** The same for several values: a JSON array, or values with commas between them. */
export function readFieldTexts(path: string, text: string): unknown[] {
  const array = text.startsWith("[") ? parsedJson(text) : undefined;
  return Array.isArray(array) ? array : text.split(",").map((one) => readFieldText(path, one.trim()));
}

/**
 * Reads what may be JSON. A number is only what JavaScript writes just so: `007`, `1.10` and a number of 20 digits stay
 * texts, with nothing lost.
 */
export function readJsonText(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "null") return null;
  const value = /^["[{]/.test(text) ? parsedJson(text) : readNumber(text);
  return value === undefined ? text : value;
}

/** A number that is written as JavaScript would write it. */
export function readNumber(text: string): number | undefined {
  const value = Number(text);
  return String(value) === text && Number.isFinite(value) ? value : undefined;
}
