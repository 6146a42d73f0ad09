import { QuerySyntaxError } from "../queryError.ts";
import { reservedWord } from "./keywords.ts";
import { operatorsByStrength, unaryOperators } from "./operators.ts";

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

/** The longest first: `>>>` begins with `>`. */
const symbols = [...operatorsByStrength.flat(), ...unaryOperators, "??", "<>", ..."()[]{},.:?"].sort(
  (one, other) => other.length - one.length,
);

const symbolsByFirst = Map.groupBy(symbols, (symbol) => symbol.charAt(0));

const whitespacePattern = /[\s\uFEFF]+/y;
const commentPattern = /--[^\r\n]*/y;
const identifierPattern = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const parameterPattern = /@[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const numberPattern = /0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const escapes = new Map([
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
const maxShownLength = 64;

/**
 * Splits the text into tokens, the last of kind `end`. Literals and escapes are those of the documentation's
 * page "Constants" (nosql/query/constants).
 *
 * @throws QuerySyntaxError for a character that begins no token, and a string that does not end
 * @example
 * tokenize("c.age").map(({ text }) => text); // ["c", ".", "age", ""]
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    if (!pattern.test(text)) return false;
    position = pattern.lastIndex;
    return true;
  };
  for (;;) {
    while (skip(whitespacePattern) || skip(commentPattern)) {
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
    } else if (skip(identifierPattern)) {
      const word = text.slice(start, position);
      const keyword = reservedWord(word);
      tokens.push({
        kind: keyword === undefined ? "identifier" : "keyword",
        text: keyword ?? word,
        start,
        end: position,
      });
    } else if (skip(numberPattern)) {
      tokens.push({ kind: "number", text: text.slice(start, position), start, end: position });
    } else if (skip(parameterPattern)) {
      tokens.push({ kind: "parameter", text: text.slice(start, position), start, end: position });
    } else {
      const symbol = symbolsByFirst.get(first)?.find((candidate) => text.startsWith(candidate, start));
      if (symbol === undefined) throw invalidToken("SC1010", "invalid token", text, start, start + 1);
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
    const plain = escapes.get(escaped);
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
  const shown = text.slice(start, Math.min(end, start + maxShownLength));
  const message = `Syntax error, ${what} '${shown}'.`;
  return new QuerySyntaxError([{ code, message, location: { start, end } }]);
}
