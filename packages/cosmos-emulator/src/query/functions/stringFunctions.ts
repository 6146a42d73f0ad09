import { isArray, isDeeperThan, isObject, type Json, MAX_NESTING_LEVELS, type Value } from "../../json.ts";
import { type BuiltInFunction, define, type FunctionFamily } from "./builtInFunction.ts";

/** The longest result of REPLICATE, in characters; beyond it the result is undefined ("REPLICATE"). */
const LONGEST_REPLICATE = 10_000;

/**
 * The string functions (documentation: "String functions"). Positions and lengths count UTF-16 code units;
 * an argument of the wrong type makes the result undefined.
 */
export const STRING_FUNCTIONS: FunctionFamily = {
  CONCAT: define(2, Number.POSITIVE_INFINITY, (...parts) =>
    parts.every((part) => typeof part === "string") ? parts.join("") : undefined,
  ),
  CONTAINS: search((text, part) => text.includes(part)),
  CONTAINS_ALL_CI: containsAll(true),
  CONTAINS_ALL_CS: containsAll(false),
  CONTAINS_ANY_CI: containsAny(true),
  CONTAINS_ANY_CS: containsAny(false),
  ENDSWITH: search((text, part) => text.endsWith(part)),
  INDEX_OF: define(2, 3, (text, part, start = 0) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof start !== "number") {
      return undefined;
    }
    return text.indexOf(part, Math.trunc(start));
  }),
  LASTINDEXOF: define(2, 3, (text, part, start = Number.MAX_SAFE_INTEGER) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof start !== "number") {
      return undefined;
    }
    return text.lastIndexOf(part, Math.trunc(start));
  }),
  LEFT: define(2, 2, (text, length) =>
    typeof text === "string" && typeof length === "number"
      ? text.slice(0, Math.max(0, Math.trunc(length)))
      : undefined,
  ),
  LENGTH: define(1, 1, (text) => (typeof text === "string" ? text.length : undefined)),
  LOWER: text((value) => value.toLowerCase()),
  LTRIM: trim(true, false),
  REGEXMATCH: define(2, 3, (text, pattern, modifiers = "") => {
    if (typeof text !== "string" || typeof pattern !== "string" || typeof modifiers !== "string") {
      return undefined;
    }
    return regularExpression(pattern, modifiers)?.test(text);
  }),
  REPLACE: define(3, 3, (text, part, replacement) => {
    if (typeof text !== "string" || typeof part !== "string" || typeof replacement !== "string") {
      return undefined;
    }
    return part === "" ? text : text.split(part).join(replacement);
  }),
  REPLICATE: define(2, 2, (text, times) => {
    if (typeof text !== "string" || typeof times !== "number" || times < 0) {
      return undefined;
    }
    const count = Math.trunc(times);
    return text.length * count > LONGEST_REPLICATE ? undefined : text.repeat(text === "" ? 0 : count);
  }),
  REVERSE: text((value) => Array.from(value).reverse().join("")),
  RIGHT: define(2, 2, (text, length) => {
    if (typeof text !== "string" || typeof length !== "number") {
      return undefined;
    }
    const count = Math.trunc(length);
    return count <= 0 ? "" : text.slice(-count);
  }),
  RTRIM: trim(false, true),
  STARTSWITH: search((text, part) => text.startsWith(part)),
  STRINGEQUALS: search((text, part) => text === part),
  STRINGJOIN: define(2, 2, (parts, separator) => {
    if (!isArray(parts) || typeof separator !== "string") {
      return undefined;
    }
    return parts.every((part) => typeof part === "string") ? parts.join(separator) : undefined;
  }),
  STRINGSPLIT: define(2, 2, (text, separator) => {
    if (typeof text !== "string" || typeof separator !== "string") {
      return undefined;
    }
    return separator === "" ? [text] : text.split(separator);
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
    if (typeof text !== "string" || typeof start !== "number" || typeof length !== "number") {
      return undefined;
    }
    const from = Math.max(0, Math.trunc(start));
    return text.slice(from, from + Math.max(0, Math.trunc(length)));
  }),
  TOSTRING: define(1, 1, (value) => {
    if (value === undefined) {
      return undefined;
    }
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
  return define(2, Number.POSITIVE_INFINITY, (text, ...parts) => {
    const found = parts.map((part) => containsPart(text, part, ignoreCase));
    return found.includes(false) ? false : found.includes(undefined) ? undefined : true;
  });
}

/** As `CONTAINS(…) OR CONTAINS(…) …` ("CONTAINS_ANY_CI"). */
function containsAny(ignoreCase: boolean): BuiltInFunction {
  return define(2, Number.POSITIVE_INFINITY, (text, ...parts) => {
    const found = parts.map((part) => containsPart(text, part, ignoreCase));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  });
}

function containsPart(text: Value, part: Value, ignoreCase: boolean): boolean | undefined {
  if (typeof text !== "string" || typeof part !== "string") {
    return undefined;
  }
  return ignoreCase ? text.toLowerCase().includes(part.toLowerCase()) : text.includes(part);
}

function trim(start: boolean, end: boolean): BuiltInFunction {
  return define(1, 2, (text, characters) => {
    if (typeof text !== "string" || (characters !== undefined && typeof characters !== "string")) {
      return undefined;
    }
    const isTrimmed = (character: string) =>
      characters === undefined ? character.trim() === "" : characters.includes(character);
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
  if (typeof text !== "string") {
    return undefined;
  }
  try {
    const value = JSON.parse(text) as Json;
    return isDeeperThan(value, MAX_NESTING_LEVELS) ? undefined : value;
  } catch {
    return undefined;
  }
}

const REGULAR_EXPRESSIONS = new Map<string, RegExp | undefined>();
const MOST_REGULAR_EXPRESSIONS = 256;

/**
 * The service has PCRE; this is JavaScript's dialect, which has the common part. Modifiers: m, s, i, x
 * ("RegexMatch").
 */
function regularExpression(pattern: string, modifiers: string): RegExp | undefined {
  const key = `${modifiers}/${pattern}`;
  if (!REGULAR_EXPRESSIONS.has(key)) {
    if (REGULAR_EXPRESSIONS.size >= MOST_REGULAR_EXPRESSIONS) {
      REGULAR_EXPRESSIONS.clear();
    }
    REGULAR_EXPRESSIONS.set(key, createRegularExpression(pattern, modifiers));
  }
  return REGULAR_EXPRESSIONS.get(key);
}

function createRegularExpression(pattern: string, modifiers: string): RegExp | undefined {
  if (!/^[msix]*$/.test(modifiers)) {
    return undefined;
  }
  const source = modifiers.includes("x") ? withoutWhitespace(pattern) : pattern;
  const flags = ["m", "s", "i"].filter((flag) => modifiers.includes(flag)).join("");
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Drops the whitespace and `#` comments that the x modifier ignores, outside sets and escapes. */
function withoutWhitespace(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\s+|#[^\n]*/g, (part) =>
    part.startsWith("\\") || part.startsWith("[") ? part : "",
  );
}
