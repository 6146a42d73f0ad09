import type { Span } from "../queryError.ts";
import { type BinaryOperator, operatorsByStrength, unaryOperators } from "../tokens/operators.ts";
import type { Expression, SubqueryExpression } from "./ast.ts";
import {
  atKeyword,
  atSymbol,
  expectIdentifier,
  expectKeyword,
  expectSymbol,
  lastEnd,
  nested,
  next,
  peek,
  type TokenCursor,
  takeKeyword,
  takeSymbol,
  tooDeep,
  unexpected,
} from "./tokenCursor.ts";

/**
 * How many operators or member accesses may follow one another at one level. A chain makes a tree that is as
 * deep as it is long, and later steps walk the tree. AND and OR have no such bound: they make one node.
 */
const maxChain = 400;

/** Binding strength, weakest first. */
const strengths: ReadonlyMap<string, number> = new Map(
  operatorsByStrength.flatMap((operators, strength) => {
    const spelled: readonly string[] = operators;
    return (spelled.includes("!=") ? [...spelled, "<>"] : spelled).map((text) => [text, strength] as const);
  }),
);

/** Parses a scalar expression. */
export function parseExpression(cursor: TokenCursor): Expression {
  return nested(cursor, () => {
    const condition = parseCoalesce(cursor);
    if (!takeSymbol(cursor, "?")) return condition;
    const consequent = parseExpression(cursor);
    expectSymbol(cursor, ":");
    const alternative = parseExpression(cursor);
    return { kind: "conditional", condition, consequent, alternative, span: join(condition, alternative) };
  });
}

/** Parses `expression, expression, …`. */
export function parseExpressionList(cursor: TokenCursor): Expression[] {
  const list = [parseExpression(cursor)];
  while (takeSymbol(cursor, ",")) {
    list.push(parseExpression(cursor));
  }
  return list;
}

function parseCoalesce(cursor: TokenCursor): Expression {
  let left = parseLogical(cursor, "OR");
  let chain = 0;
  while (takeSymbol(cursor, "??")) {
    const right = parseLogical(cursor, "OR");
    left = { kind: "binary", operator: "??", left, right, span: join(left, right) };
    chain = lengthen(cursor, chain);
  }
  return left;
}

function parseLogical(cursor: TokenCursor, operator: "AND" | "OR"): Expression {
  const parseOperand = () => (operator === "OR" ? parseLogical(cursor, "AND") : parsePredicate(cursor));
  const first = parseOperand();
  if (!atKeyword(cursor, operator)) return first;
  const operands = [first];
  while (takeKeyword(cursor, operator)) {
    operands.push(parseOperand());
  }
  return {
    kind: "logical",
    operator,
    operands,
    span: { start: first.span.start, end: lastEnd(cursor) },
  };
}

function parsePredicate(cursor: TokenCursor): Expression {
  const value = parseBinary(cursor, 0);
  const negated = atKeyword(cursor, "NOT");
  const ahead = negated ? 1 : 0;
  const spanned = (): Span => ({ start: value.span.start, end: lastEnd(cursor) });
  if (atKeyword(cursor, "IN", ahead)) {
    cursor.position += ahead + 1;
    expectSymbol(cursor, "(");
    const candidates = parseExpressionList(cursor);
    expectSymbol(cursor, ")");
    return { kind: "in", negated, value, candidates, span: spanned() };
  }
  if (atKeyword(cursor, "BETWEEN", ahead)) {
    cursor.position += ahead + 1;
    const lower = parseBinary(cursor, 0);
    expectKeyword(cursor, "AND");
    const upper = parseBinary(cursor, 0);
    return { kind: "between", negated, value, lower, upper, span: spanned() };
  }
  if (atKeyword(cursor, "LIKE", ahead)) {
    cursor.position += ahead + 1;
    const pattern = parseBinary(cursor, 0);
    let escapeCharacter: string | undefined;
    if (takeKeyword(cursor, "ESCAPE")) {
      if (peek(cursor).kind !== "string") throw unexpected(cursor);
      escapeCharacter = next(cursor).text;
    }
    return { kind: "like", negated, value, pattern, escape: escapeCharacter, span: spanned() };
  }
  return value;
}

function parseBinary(cursor: TokenCursor, weakest: number): Expression {
  let left = parseUnary(cursor);
  let chain = 0;
  for (;;) {
    const token = peek(cursor);
    const strength = token.kind === "symbol" ? strengths.get(token.text) : undefined;
    if (strength === undefined || strength < weakest) return left;
    cursor.position += 1;
    const right = parseBinary(cursor, strength + 1);
    const operator = (token.text === "<>" ? "!=" : token.text) as BinaryOperator;
    left = { kind: "binary", operator, left, right, span: join(left, right) };
    chain = lengthen(cursor, chain);
  }
}

/**
 * NOT binds as tightly as the other unary operators, as in sql.g4: `NOT c.a = 1` is `(NOT c.a) = 1`.
 */
function parseUnary(cursor: TokenCursor): Expression {
  const token = peek(cursor);
  const isOperator = token.kind === "symbol" || token.kind === "keyword";
  const operator = isOperator ? unaryOperators.find((text) => text === token.text) : undefined;
  if (operator === undefined) return parsePostfix(cursor);
  cursor.position += 1;
  const operandToken = peek(cursor);
  const operand = nested(cursor, () => parseUnary(cursor));
  const span = { start: token.start, end: operand.span.end };
  // A minus before a number belongs to the literal.
  if (operator === "-" && operandToken.kind === "number" && operand.kind === "literal") {
    const value = typeof operand.value === "number" && operand.value !== 0 ? -operand.value : 0;
    return { kind: "literal", value, span };
  }
  return { kind: "unary", operator, operand, span };
}

function parsePostfix(cursor: TokenCursor): Expression {
  let object = parsePrimary(cursor);
  let chain = 0;
  for (;;) {
    if (takeSymbol(cursor, ".")) {
      const property = expectIdentifier(cursor);
      const span = { start: object.span.start, end: property.end };
      object = { kind: "member", object, property: property.text, span };
    } else if (takeSymbol(cursor, "[")) {
      const index = parseExpression(cursor);
      const { end } = expectSymbol(cursor, "]");
      object = { kind: "index", object, index, span: { start: object.span.start, end } };
    } else {
      return object;
    }
    chain = lengthen(cursor, chain);
  }
}

function parsePrimary(cursor: TokenCursor): Expression {
  const token = peek(cursor);
  const span = { start: token.start, end: token.end };
  switch (token.kind) {
    case "number":
      cursor.position += 1;
      return { kind: "literal", value: Number(token.text), span };
    case "string":
      cursor.position += 1;
      return { kind: "literal", value: token.text, span };
    case "parameter":
      cursor.position += 1;
      return { kind: "parameter", name: token.text, span };
    case "identifier":
      cursor.position += 1;
      if (atSymbol(cursor, "(")) return parseCall(cursor, token.text, token.start, false);
      return { kind: "identifier", name: token.text, span };
    case "keyword":
      return parseKeywordPrimary(cursor);
    case "symbol":
      return parseBracketed(cursor);
    case "end":
      throw unexpected(cursor);
  }
}

function parseKeywordPrimary(cursor: TokenCursor): Expression {
  const token = peek(cursor);
  const span = { start: token.start, end: token.end };
  const literal = (value: null | boolean | undefined): Expression => {
    cursor.position += 1;
    return { kind: "literal", value, span };
  };
  switch (token.text) {
    case "true":
      return literal(true);
    case "false":
      return literal(false);
    case "null":
      return literal(null);
    case "undefined":
      return literal(undefined);
    case "udf": {
      cursor.position += 1;
      expectSymbol(cursor, ".");
      const name = expectIdentifier(cursor);
      return parseCall(cursor, name.text, token.start, true);
    }
    case "LEFT":
    case "RIGHT":
      cursor.position += 1;
      return parseCall(cursor, token.text, token.start, false);
    case "EXISTS":
    case "ARRAY": {
      cursor.position += 1;
      expectSymbol(cursor, "(");
      return parseSubquery(cursor, token.text === "EXISTS" ? "exists" : "array", token.start);
    }
    default:
      throw unexpected(cursor);
  }
}

function parseBracketed(cursor: TokenCursor): Expression {
  const { start } = peek(cursor);
  if (takeSymbol(cursor, "(")) {
    if (atKeyword(cursor, "SELECT")) return parseSubquery(cursor, "scalar", start);
    const expression = parseExpression(cursor);
    expectSymbol(cursor, ")");
    return expression;
  }
  if (takeSymbol(cursor, "[")) {
    const items = atSymbol(cursor, "]") ? [] : parseExpressionList(cursor);
    const { end } = expectSymbol(cursor, "]");
    return { kind: "array", items, span: { start, end } };
  }
  if (takeSymbol(cursor, "{")) {
    const properties: { name: string; value: Expression }[] = [];
    if (!atSymbol(cursor, "}")) {
      do {
        properties.push(parseProperty(cursor));
      } while (takeSymbol(cursor, ","));
    }
    const { end } = expectSymbol(cursor, "}");
    return { kind: "object", properties, span: { start, end } };
  }
  throw unexpected(cursor);
}

function parseProperty(cursor: TokenCursor): { name: string; value: Expression } {
  const name = peek(cursor).kind === "string" ? next(cursor) : expectIdentifier(cursor);
  expectSymbol(cursor, ":");
  return { name: name.text, value: parseExpression(cursor) };
}

function parseCall(cursor: TokenCursor, name: string, start: number, udf: boolean): Expression {
  expectSymbol(cursor, "(");
  const args = atSymbol(cursor, ")") ? [] : parseExpressionList(cursor);
  const { end } = expectSymbol(cursor, ")");
  return { kind: "call", name, udf, args, span: { start, end } };
}

function parseSubquery(
  cursor: TokenCursor,
  form: SubqueryExpression["form"],
  start: number,
): SubqueryExpression {
  const query = cursor.parseSubquery(cursor);
  const { end } = expectSymbol(cursor, ")");
  return { kind: "subquery", form, query, span: { start, end } };
}

function lengthen(cursor: TokenCursor, chain: number): number {
  if (chain >= maxChain) throw tooDeep(cursor);
  return chain + 1;
}

function join(left: Expression, right: Expression): Span {
  return { start: left.span.start, end: right.span.end };
}
