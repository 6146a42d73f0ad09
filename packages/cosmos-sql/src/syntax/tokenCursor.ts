import { incorrectSyntaxNear, type QueryErrorDetail, QuerySyntaxError } from "../queryError.ts";
import type { Token } from "../tokens/tokenize.ts";
import type { Query } from "./ast.ts";

/**
 * How deep brackets, unary operators and subqueries may nest. Each level takes several stack frames of the
 * recursive-descent parser, so the bound keeps well inside the default stack.
 */
const maxNesting = 200;

/** The parser's place among the tokens. */
export interface TokenCursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  position: number;
  nesting: number;
  /** Parses `SELECT …` up to where it ends; here because expressions and queries contain each other. */
  readonly parseSubquery: (cursor: TokenCursor) => Query;
  /** What has been read that parses and is refused all the same. */
  readonly refused: QueryErrorDetail[];
}

/** The token `ahead` places from here; the end token stands for all beyond it. */
export function peek(cursor: TokenCursor, ahead = 0): Token {
  const token = cursor.tokens[Math.min(cursor.position + ahead, cursor.tokens.length - 1)];
  if (token === undefined) throw new Error("A token list always ends with its end token.");
  return token;
}

/** Takes the next token. */
export function next(cursor: TokenCursor): Token {
  const token = peek(cursor);
  cursor.position += 1;
  return token;
}

/** Whether the token `ahead` places from here is this symbol. */
export function atSymbol(cursor: TokenCursor, symbol: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  return token.kind === "symbol" && token.text === symbol;
}

/** Whether the token `ahead` places from here is this keyword. */
export function atKeyword(cursor: TokenCursor, keyword: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  return token.kind === "keyword" && token.text === keyword;
}

/** Takes the symbol if it is next. */
export function takeSymbol(cursor: TokenCursor, symbol: string): boolean {
  const found = atSymbol(cursor, symbol);
  if (found) {
    cursor.position += 1;
  }
  return found;
}

/** Takes the keyword if it is next. */
export function takeKeyword(cursor: TokenCursor, keyword: string): boolean {
  const found = atKeyword(cursor, keyword);
  if (found) {
    cursor.position += 1;
  }
  return found;
}

/** Takes the symbol or throws. */
export function expectSymbol(cursor: TokenCursor, symbol: string): Token {
  if (!atSymbol(cursor, symbol)) throw unexpected(cursor);
  return next(cursor);
}

/** Takes the keyword or throws. */
export function expectKeyword(cursor: TokenCursor, keyword: string): Token {
  if (!atKeyword(cursor, keyword)) throw unexpected(cursor);
  return next(cursor);
}

/** Takes an identifier, not a reserved word, or throws. */
export function expectIdentifier(cursor: TokenCursor): Token {
  if (peek(cursor).kind !== "identifier") throw unexpected(cursor);
  return next(cursor);
}

/** The end of the last token taken. */
export function lastEnd(cursor: TokenCursor): number {
  return cursor.tokens[cursor.position - 1]?.end ?? 0;
}

/** The error for the token that is next. */
export function unexpected(cursor: TokenCursor): QuerySyntaxError {
  const token = peek(cursor);
  return incorrectSyntaxNear(cursor.text.slice(token.start, token.end), {
    start: token.start,
    end: token.end,
  });
}

/** Runs the parser one level deeper, within the bound. */
export function nested<Result>(cursor: TokenCursor, parse: () => Result): Result {
  cursor.nesting += 1;
  if (cursor.nesting > maxNesting) throw tooDeep(cursor);
  const result = parse();
  cursor.nesting -= 1;
  return result;
}

/** The error for an expression that nests, or chains operators, beyond the bound. */
export function tooDeep(cursor: TokenCursor): QuerySyntaxError {
  const { start, end } = peek(cursor);
  const message = `Syntax error, the expression near '${cursor.text.slice(start, end)}' is nested too deeply.`;
  return new QuerySyntaxError([{ code: "SC1001", message, location: { start, end } }]);
}
