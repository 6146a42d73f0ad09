import { isArray, isDeeperThan, isObject, type Json, type Value } from "../json.ts";
import { maxNestingLevels } from "../limits.ts";
import { checkTextLength } from "../values/work.ts";
import { type BuiltInFunction, define, defineForEach, type FunctionFamily } from "./builtInFunction.ts";
import { indexOfPart, lastIndexOfPart, splitAtPart } from "./findText.ts";
import { regularExpression } from "./regularExpression.ts";

/** The longest result of REPLICATE, in characters; beyond it the result is undefined ("REPLICATE"). */
const maxReplicateLength = 10_000;

/**
 * The string functions (documentation: "String functions"). Positions and lengths count UTF-16 code units;
 * an argument of the wrong type makes the result undefined.
 */
export const stringFunctions: FunctionFamily = {
  CONCAT: define(2, Number.POSITIVE_INFINITY, (...parts) =>
    parts.every((part) => typeof part === "string") ? join(parts, "") : undefined,
  ),
  CONTAINS: search(hasPart),
  CONTAINS_ALL_CI: containsAll(true),
  CONTAINS_ALL_CS: containsAll(false),
  CONTAINS_ANY_CI: containsAny(true),
  CONTAINS_ANY_CS: containsAny(false),
  ENDSWITH: search((text, part) => text.endsWith(part)),
  INDEX_OF: define(2, 3, (text, part, start = 0) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof start !== "number") return undefined;
    return indexOfPart(text, part, Math.trunc(start));
  }),
  LASTINDEXOF: define(2, 3, (text, part, start = Number.MAX_SAFE_INTEGER) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof start !== "number") return undefined;
    return lastIndexOfPart(text, part, Math.trunc(start));
  }),
  LEFT: define(2, 2, (text, length) =>
    typeof text === "string" && typeof length === "number"
      ? text.slice(0, Math.max(0, Math.trunc(length)))
      : undefined,
  ),
  LENGTH: define(1, 1, (text) => (typeof text === "string" ? text.length : undefined)),
  LOWER: text((value) => value.toLowerCase()),
  LTRIM: trim(true, false),
  REGEXMATCH: {
    ...define(2, 3, (text, pattern, modifiers = "") => {
      if (typeof text !== "string" || typeof pattern !== "string" || typeof modifiers !== "string") {
        return undefined;
      }
      return regularExpression(pattern, modifiers)?.test(text);
    }),
    // At worst each character of the text meets each step of the pattern.
    cost: (text, pattern, modifiers = "") =>
      typeof text === "string" && typeof pattern === "string" && typeof modifiers === "string"
        ? (text.length * (regularExpression(pattern, modifiers)?.size ?? 0)) / 8
        : 0,
  },
  REPLACE: define(3, 3, (text, part, replacement) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof replacement !== "string") {
      return undefined;
    }
    return part === "" ? text : join(splitAtPart(text, part), replacement);
  }),
  REPLICATE: define(2, 2, (text, times) => {
    if (typeof text !== "string" || typeof times !== "number" || times < 0) return undefined;
    const count = Math.trunc(times);
    return text.length * count > maxReplicateLength ? undefined : text.repeat(text === "" ? 0 : count);
  }),
  REVERSE: text((value) => Array.from(value).reverse().join("")),
  RIGHT: define(2, 2, (text, length) => {
    if (typeof text !== "string" || typeof length !== "number") return undefined;
    const count = Math.trunc(length);
    return count <= 0 ? "" : text.slice(-count);
  }),
  RTRIM: trim(false, true),
  STARTSWITH: search((text, part) => text.startsWith(part)),
  STRINGEQUALS: search((text, part) => text === part),
  STRINGJOIN: define(2, 2, (parts, separator) => {
    if (!isArray(parts) || typeof separator !== "string") return undefined;
    return parts.every((part) => typeof part === "string") ? join(parts, separator) : undefined;
  }),
  STRINGSPLIT: define(2, 2, (text, separator) => {
    if (typeof text !== "string" || typeof separator !== "string") return undefined;
    return separator === "" ? [text] : splitAtPart(text, separator);
  }),
  STRINGTOARRAY: define(1, 1, (text) => {
    const value = parseJson(text);
    return isArray(value) ? value : undefined;
  }),
  STRINGTOBOOLEAN: define(1, 1, (text) => {
    const value = parseJson(text);
    return typeof value === "boolean" ? value : undefined;
  }),
  STRINGTONULL: define(1, 1, (text) => (parseJson(text) === null ? null : undefined)),
  STRINGTONUMBER: define(1, 1, (text) => {
    const value = parseJson(text);
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  }),
  STRINGTOOBJECT: define(1, 1, (text) => {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  }),
  SUBSTRING: define(3, 3, (text, start, length) => {
    if (typeof text !== "string" || typeof start !== "number" || typeof length !== "number") return undefined;
    const from = Math.max(0, Math.trunc(start));
    return text.slice(from, from + Math.max(0, Math.trunc(length)));
  }),
  TOSTRING: define(1, 1, (value) => {
    if (value === undefined) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  }),
  TRIM: trim(true, true),
  UPPER: text((value) => value.toUpperCase()),
};

function text(convert: (value: string) => string): BuiltInFunction {
  return define(1, 1, (value) => (typeof value === "string" ? convert(value) : undefined));
}

function search(test: (text: string, part: string) => boolean): BuiltInFunction {
  return define(2, 3, (text, part, ignoreCase = false) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof ignoreCase !== "boolean") {
      return undefined;
    }
    return ignoreCase ? test(text.toLowerCase(), part.toLowerCase()) : test(text, part);
  });
}

/** As `CONTAINS(…) AND CONTAINS(…) …` ("CONTAINS_ALL_CI"). */
function containsAll(ignoreCase: boolean): BuiltInFunction {
  return defineForEach(2, (text, ...parts) => {
    const found = parts.map((part) => containsPart(text, part, ignoreCase));
    return found.includes(false) ? false : found.includes(undefined) ? undefined : true;
  });
}

/** As `CONTAINS(…) OR CONTAINS(…) …` ("CONTAINS_ANY_CI"). */
function containsAny(ignoreCase: boolean): BuiltInFunction {
  return defineForEach(2, (text, ...parts) => {
    const found = parts.map((part) => containsPart(text, part, ignoreCase));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  });
}

function containsPart(text: Value, part: Value, ignoreCase: boolean): boolean | undefined {
  if (typeof text !== "string" || typeof part !== "string") return undefined;
  return ignoreCase ? hasPart(text.toLowerCase(), part.toLowerCase()) : hasPart(text, part);
}

function hasPart(text: string, part: string): boolean {
  return indexOfPart(text, part) !== -1;
}

function join(parts: readonly string[], separator: string): string {
  const separators = Math.max(0, parts.length - 1) * separator.length;
  checkTextLength(parts.reduce((sum, part) => sum + part.length, separators));
  return parts.join(separator);
}

function trim(start: boolean, end: boolean): BuiltInFunction {
  return define(1, 2, (text, characters) => {
    if (typeof text !== "string" || (characters !== undefined && typeof characters !== "string")) {
      return undefined;
    }
    const trimmed = characters === undefined ? undefined : new Set(characters.split(""));
    const isTrimmed = (character: string) => trimmed?.has(character) ?? character.trim() === "";
    let from = 0;
    let to = text.length;
    while (start && from < to && isTrimmed(text.charAt(from))) {
      from += 1;
    }
    while (end && to > from && isTrimmed(text.charAt(to - 1))) {
      to -= 1;
    }
    return text.slice(from, to);
  });
}

function parseJson(text: Value): Value {
  if (typeof text !== "string") return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isDeeperThan(value, maxNestingLevels) ? undefined : value;
  } catch {
    return undefined;
  }
}
