import { createRequire } from "node:module";
import { queryError } from "../queryError.ts";

/** Loaded by the first pattern: most runs see none, and its tables are large. */
const load = createRequire(import.meta.url);

/** A pattern that is ready to be matched. */
export interface RegularExpression {
  /** Whether it matches anywhere in a text, in a time that grows with the text's length and `size`. */
  test(text: string): boolean;
  /** The steps of the compiled pattern. */
  readonly size: number;
}

/** The longest pattern, in UTF-16 code units: PCRE's own bound is of that order. */
const maxPatternLength = 32_768;

const known = new Map<string, RegularExpression | undefined>();
const maxKnown = 256;

/**
 * Reads a pattern of RegexMatch with its modifiers m, s, i and x; undefined for one that is no regular expression.
 *
 * The service's are PCRE, which goes back and forth in a text for longer than anybody can wait if the pattern is made
 * for it. RE2 reads the text once. It has PCRE's syntax but for what cannot be matched so.
 *
 * @throws QueryError for lookaround, backreferences and the like, and for a pattern that is too long
 */
export function regularExpression(pattern: string, modifiers: string): RegularExpression | undefined {
  const key = `${modifiers}/${pattern}`;
  if (!known.has(key)) {
    const created = createRegularExpression(pattern, modifiers);
    if (known.size >= maxKnown) {
      known.clear();
    }
    known.set(key, created);
  }
  return known.get(key);
}

function createRegularExpression(pattern: string, modifiers: string): RegularExpression | undefined {
  if (!/^[msix]*$/.test(modifiers)) return undefined;
  if (pattern.length > maxPatternLength) {
    const message = `The pattern of REGEXMATCH has ${pattern.length} characters; it can have up to ${maxPatternLength}.`;
    throw queryError(undefined, message);
  }
  const { RE2JS } = load("re2js") as typeof import("re2js");
  const flags =
    (modifiers.includes("m") ? RE2JS.MULTILINE : 0) |
    (modifiers.includes("s") ? RE2JS.DOTALL : 0) |
    (modifiers.includes("i") ? RE2JS.CASE_INSENSITIVE : 0);
  try {
    const compiled = RE2JS.compile(modifiers.includes("x") ? withoutWhitespace(pattern) : pattern, flags);
    return { test: (text) => compiled.test(text), size: compiled.programSize() };
  } catch {
    if (!needsBacktracking.test(pattern)) return undefined;
    const message = "REGEXMATCH has no lookaround, backreferences, atomic groups or possessive quantifiers.";
    throw queryError(undefined, message);
  }
}

/** `(?=`, `(?!`, `(?<=`, `(?<!`, `(?>`, `\1`, `\k<name>`, `*+`, `++`, `?+`, `}+`. */
const needsBacktracking = /\(\?(?:<?[=!]|>)|\\[1-9k]|[*+?}]\+/;

/** Drops the whitespace and `#` comments that the x modifier ignores, outside sets and escapes. */
function withoutWhitespace(pattern: string): string {
  let kept = "";
  let isInSet = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === "\\") {
      kept += pattern.slice(index, index + 2);
      index += 1;
    } else if (isInSet || !/[\s#]/.test(character)) {
      isInSet = isInSet ? character !== "]" : character === "[";
      kept += character;
    } else if (character === "#") {
      const end = pattern.indexOf("\n", index);
      index = end === -1 ? pattern.length : end;
    }
  }
  return kept;
}
