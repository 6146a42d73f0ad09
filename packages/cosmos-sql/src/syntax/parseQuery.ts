import { maxQueryLength } from "../limits.ts";
import { plainQueryError, QueryError, type QueryErrorDetail, queryError, type Span } from "../queryError.ts";
import { tokenize } from "../tokens/tokenize.ts";
import type {
  Collection,
  CountExpression,
  FromClause,
  FromSource,
  OffsetLimitClause,
  OrderByItem,
  Projection,
  Query,
  SelectItem,
} from "./ast.ts";
import { parseExpression, parseExpressionList } from "./parseExpression.ts";
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

const maxPathSteps = 400;

/**
 * Parses a query into its tree, whose nodes know where in the text they stand.
 *
 * @throws QuerySyntaxError with the service's codes and texts; QueryError for what it reads and does not serve
 * @example
 * parseQuery("SELECT * FROM c WHERE c.age > 40").where;
 * // { kind: "binary", operator: ">", left: { kind: "member", property: "age", … }, right: { kind: "literal", value: 40, … } }
 */
export function parseQuery(text: string): Query {
  if (text.length > maxQueryLength) {
    const message = `The SQL query text exceeded the maximum limit of ${maxQueryLength} characters.`;
    throw plainQueryError(message);
  }
  const cursor: TokenCursor = {
    text,
    tokens: tokenize(text),
    position: 0,
    nesting: 0,
    parseSubquery: (inner) => nested(inner, () => parseSubquery(inner)),
    refused: [],
  };
  const { query } = parseSelectQuery(cursor);
  if (peek(cursor).kind !== "end") throw unexpected(cursor);
  if (cursor.refused.length > 0) throw new QueryError(cursor.refused);
  return query;
}

/** Where the clauses that bound and order a query's rows stand in the text. */
interface RowClauses {
  readonly top: Span | undefined;
  readonly orderBy: Span | undefined;
  readonly offsetLimit: Span | undefined;
}

function parseSelectQuery(cursor: TokenCursor): { query: Query; clauses: RowClauses } {
  const { start } = expectKeyword(cursor, "SELECT");
  const distinct = takeKeyword(cursor, "DISTINCT");
  const top = spanned(cursor, () => (takeKeyword(cursor, "TOP") ? parseCount(cursor) : undefined));
  const select = { distinct, top: top?.found, projection: parseProjection(cursor) };
  const from = takeKeyword(cursor, "FROM") ? parseFrom(cursor) : undefined;
  const where = takeKeyword(cursor, "WHERE") ? parseExpression(cursor) : undefined;
  const groupBy = takeClause(cursor, "GROUP") ? parseExpressionList(cursor) : undefined;
  const orderBy = spanned(cursor, () => (takeClause(cursor, "ORDER") ? parseOrderBy(cursor) : undefined));
  const offsetLimit = spanned(cursor, () =>
    takeKeyword(cursor, "OFFSET") ? parseOffsetLimit(cursor) : undefined,
  );
  const query: Query = {
    select,
    from,
    where,
    groupBy,
    orderBy: orderBy?.found,
    offsetLimit: offsetLimit?.found,
    span: { start, end: lastEnd(cursor) },
  };
  return { query, clauses: { top: top?.span, orderBy: orderBy?.span, offsetLimit: offsetLimit?.span } };
}

/** What was parsed, if anything, with its place in the text. */
function spanned<T>(
  cursor: TokenCursor,
  parse: () => T | undefined,
): { readonly found: T; readonly span: Span } | undefined {
  const { start } = peek(cursor);
  const found = parse();
  return found === undefined ? undefined : { found, span: { start, end: lastEnd(cursor) } };
}

/**
 * Parses a subquery, whose rows the service neither orders nor bounds. Source of codes, texts and their order:
 * azure-cosmos-dotnet-v3, LinqGeneralBaselineTests.TestThenByTranslation.xml; of OFFSET LIMIT no code is known.
 */
function parseSubquery(cursor: TokenCursor): Query {
  const { query, clauses } = parseSelectQuery(cursor);
  const findings: QueryErrorDetail[] = [
    { code: "SC2202", message: "'ORDER BY' is not supported in subqueries.", location: clauses.orderBy },
    { code: "SC2203", message: "'TOP' is not supported in subqueries.", location: clauses.top },
    {
      message: "'OFFSET LIMIT' clause is not supported in subqueries.",
      location: clauses.offsetLimit,
    },
  ];
  cursor.refused.push(...findings.filter(({ location }) => location !== undefined));
  return query;
}

function takeClause(cursor: TokenCursor, keyword: "GROUP" | "ORDER"): boolean {
  const found = takeKeyword(cursor, keyword);
  if (found) {
    expectKeyword(cursor, "BY");
  }
  return found;
}

function parseProjection(cursor: TokenCursor): Projection {
  if (atSymbol(cursor, "*")) {
    const { start, end } = next(cursor);
    return { kind: "star", span: { start, end } };
  }
  if (takeKeyword(cursor, "VALUE")) return { kind: "value", expression: parseExpression(cursor) };
  const items: SelectItem[] = [];
  do {
    const expression = parseExpression(cursor);
    items.push({ expression, alias: parseAlias(cursor) });
  } while (takeSymbol(cursor, ","));
  return { kind: "list", items };
}

function parseAlias(cursor: TokenCursor): string | undefined {
  if (takeKeyword(cursor, "AS")) return expectIdentifier(cursor).text;
  return peek(cursor).kind === "identifier" ? next(cursor).text : undefined;
}

function parseCount(cursor: TokenCursor): CountExpression {
  const token = peek(cursor);
  const span = { start: token.start, end: token.end };
  if (token.kind === "number") {
    cursor.position += 1;
    return { kind: "literal", value: Number(token.text), span };
  }
  if (token.kind === "parameter") {
    cursor.position += 1;
    return { kind: "parameter", name: token.text, span };
  }
  throw unexpected(cursor);
}

function parseFrom(cursor: TokenCursor): FromClause {
  const source = parseSource(cursor);
  const joins: FromSource[] = [];
  while (takeKeyword(cursor, "JOIN")) {
    joins.push(parseSource(cursor));
  }
  return { source, joins };
}

function parseSource(cursor: TokenCursor): FromSource {
  const { start } = peek(cursor);
  if (peek(cursor).kind === "identifier" && atKeyword(cursor, "IN", 1)) {
    const alias = next(cursor).text;
    expectKeyword(cursor, "IN");
    const collection = parseCollection(cursor);
    return { kind: "iterate", alias, collection, span: { start, end: lastEnd(cursor) } };
  }
  const collection = parseCollection(cursor);
  const alias = parseAlias(cursor);
  return { kind: "collection", collection, alias, span: { start, end: lastEnd(cursor) } };
}

function parseCollection(cursor: TokenCursor): Collection {
  const { start } = peek(cursor);
  if (takeSymbol(cursor, "(")) {
    const query = cursor.parseSubquery(cursor);
    const { end } = expectSymbol(cursor, ")");
    return { kind: "subquery", query, span: { start, end } };
  }
  const root = expectIdentifier(cursor).text;
  const steps: (string | number)[] = [];
  for (;;) {
    if (takeSymbol(cursor, ".")) {
      steps.push(expectIdentifier(cursor).text);
    } else if (takeSymbol(cursor, "[")) {
      steps.push(parsePathIndex(cursor));
      expectSymbol(cursor, "]");
    } else {
      return { kind: "path", root, steps, span: { start, end: lastEnd(cursor) } };
    }
    if (steps.length > maxPathSteps) throw tooDeep(cursor);
  }
}

function parsePathIndex(cursor: TokenCursor): string | number {
  const token = peek(cursor);
  if (token.kind !== "string" && token.kind !== "number") throw unexpected(cursor);
  cursor.position += 1;
  return token.kind === "string" ? token.text : Number(token.text);
}

function parseOrderBy(cursor: TokenCursor): OrderByItem[] {
  refuseRank(cursor);
  const items: OrderByItem[] = [];
  do {
    const expression = parseExpression(cursor);
    const direction = takeKeyword(cursor, "ASC") ? "ASC" : takeKeyword(cursor, "DESC") ? "DESC" : undefined;
    items.push({ expression, direction });
  } while (takeSymbol(cursor, ","));
  return items;
}

/** `ORDER BY RANK f(…)` is full-text and hybrid search; `rank` is otherwise an ordinary name. */
function refuseRank(cursor: TokenCursor): void {
  const token = peek(cursor);
  const isRank = token.kind === "identifier" && token.text.toUpperCase() === "RANK";
  if (isRank && peek(cursor, 1).kind === "identifier") {
    const location = { start: token.start, end: token.end };
    throw queryError(undefined, "ORDER BY RANK is not supported here.", location);
  }
}

function parseOffsetLimit(cursor: TokenCursor): OffsetLimitClause {
  const offset = parseCount(cursor);
  expectKeyword(cursor, "LIMIT");
  return { offset, limit: parseCount(cursor) };
}
