import { reservedWord } from "./keywords.ts";
import { QuerySyntaxError } from "./queryError.ts";

/** What a token is. */
type TokenKind = "identifier" | "keyword" | "number" | "string" | "parameter" | "symbol" | "end";

/** One token of the query text. */
export interface Token {
  readonly kind: TokenKind;
  /** The text; for a keyword in canonical case; for a string its decoded content. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SYMBOLS = [
  ">>>",
  "<<",
  ">>",
  "<=",
  ">=",
  "<>",
  "!=",
  "||",
  "??",
  ..."()[]{},.:?=<>+-*/%&|^~".split(""),
];

const SYMBOLS_BY_FIRST = new Map<string, readonly string[]>();
for (const symbol of SYMBOLS) {
  const first = symbol.charAt(0);
  SYMBOLS_BY_FIRST.set(first, [...(SYMBOLS_BY_FIRST.get(first) ?? []), symbol]);
}

const WHITESPACE = /[\s\uFEFF]+/y;
const COMMENT = /--[^\r\n]*/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const PARAMETER = /@[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES = new Map([
  ["'", "'"],
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const LONGEST_IN_MESSAGE = 64;

/**
 * Splits the text into tokens, the last of kind `end`. Literals and escapes are those of the documentation's
 * page "Constants" (nosql/query/constants). Throws QuerySyntaxError.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    if (!pattern.test(text)) {
      return false;
    }
    position = pattern.lastIndex;
    return true;
  };
  for (;;) {
    while (skip(WHITESPACE) || skip(COMMENT)) {
      // Nothing to keep.
    }
    const start = position;
    if (position >= text.length) {
      tokens.push({ kind: "end", text: "", start, end: start });
      return tokens;
    }
    const first = text.charAt(position);
    if (first === "'" || first === '"') {
      const token = readString(text, start, first);
      position = token.end;
      tokens.push(token);
    } else if (skip(IDENTIFIER)) {
      const word = text.slice(start, position);
      const keyword = reservedWord(word);
      tokens.push({
        kind: keyword === undefined ? "identifier" : "keyword",
        text: keyword ?? word,
        start,
        end: position,
      });
    } else if (skip(NUMBER)) {
      tokens.push({ kind: "number", text: text.slice(start, position), start, end: position });
    } else if (skip(PARAMETER)) {
      tokens.push({ kind: "parameter", text: text.slice(start, position), start, end: position });
    } else {
      const symbol = SYMBOLS_BY_FIRST.get(first)?.find((candidate) => text.startsWith(candidate, start));
      if (symbol === undefined) {
        throw invalidToken("SC1010", "invalid token", text, start, start + 1);
      }
      position += symbol.length;
      tokens.push({ kind: "symbol", text: symbol, start, end: position });
    }
  }
}

function readString(text: string, start: number, quote: string): Token {
  let content = "";
  let position = start + 1;
  let copied = position;
  for (;;) {
    const unit = text.charCodeAt(position);
    if (Number.isNaN(unit) || unit < 0x20) {
      throw invalidToken("SC1012", "invalid string literal token", text, start, position);
    }
    const character = text.charAt(position);
    if (character === quote) {
      content += text.slice(copied, position);
      return { kind: "string", text: content, start, end: position + 1 };
    }
    if (character !== "\\") {
      position += 1;
      continue;
    }
    content += text.slice(copied, position);
    const escaped = text.charAt(position + 1);
    const plain = ESCAPES.get(escaped);
    const hex = escaped === "u" ? /^[0-9a-fA-F]{4}/.exec(text.slice(position + 2, position + 6)) : null;
    if (plain !== undefined) {
      content += plain;
      position += 2;
    } else if (hex !== null) {
      content += String.fromCharCode(Number.parseInt(hex[0], 16));
      position += 6;
    } else {
      throw invalidToken("SC1012", "invalid string literal token", text, start, position + 1);
    }
    copied = position;
  }
}

function invalidToken(
  code: string,
  what: string,
  text: string,
  start: number,
  end: number,
): QuerySyntaxError {
  const shown = text.slice(start, Math.min(end, start + LONGEST_IN_MESSAGE));
  const message = `Syntax error, ${what} '${shown}'.`;
  return new QuerySyntaxError([{ code, message, location: { start, end } }]);
}
