import type { Span } from "../queryError.ts";
import type { BinaryOperator, UnaryOperator } from "../tokens/operators.ts";

/** A query or subquery. */
export interface Query {
  readonly select: SelectClause;
  readonly from: FromClause | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[] | undefined;
  readonly orderBy: readonly OrderByItem[] | undefined;
  readonly offsetLimit: OffsetLimitClause | undefined;
  readonly span: Span;
}

/** `SELECT [DISTINCT] [TOP n] …`. */
interface SelectClause {
  readonly distinct: boolean;
  readonly top: CountExpression | undefined;
  readonly projection: Projection;
}

/** A row count: a literal or a parameter. */
export type CountExpression = LiteralExpression | ParameterExpression;

/** What SELECT yields for a row. */
export type Projection =
  | { readonly kind: "star"; readonly span: Span }
  | { readonly kind: "value"; readonly expression: Expression }
  | { readonly kind: "list"; readonly items: readonly SelectItem[] };

/** One item of a SELECT list. */
export interface SelectItem {
  readonly expression: Expression;
  readonly alias: string | undefined;
}

/** `FROM source [JOIN source]…`. */
export interface FromClause {
  readonly source: FromSource;
  readonly joins: readonly FromSource[];
}

/** One source of FROM or JOIN. */
export type FromSource =
  | {
      readonly kind: "collection";
      readonly collection: Collection;
      readonly alias: string | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: "iterate";
      readonly collection: Collection;
      readonly alias: string;
      readonly span: Span;
    };

/** What a source draws from: the container or an alias, with a path into it, or a subquery. */
export type Collection =
  | {
      readonly kind: "path";
      readonly root: string;
      readonly steps: readonly (string | number)[];
      readonly span: Span;
    }
  | { readonly kind: "subquery"; readonly query: Query; readonly span: Span };

/** One key of ORDER BY. `direction` is undefined where the text has none, which means ascending. */
export interface OrderByItem {
  readonly expression: Expression;
  readonly direction: "ASC" | "DESC" | undefined;
}

/** `OFFSET n LIMIT n`. */
export interface OffsetLimitClause {
  readonly offset: CountExpression;
  readonly limit: CountExpression;
}

/** A scalar expression. */
export type Expression =
  | LiteralExpression
  | ParameterExpression
  | IdentifierExpression
  | MemberExpression
  | IndexExpression
  | ArrayExpression
  | ObjectExpression
  | UnaryExpression
  | BinaryExpression
  | LogicalExpression
  | InExpression
  | BetweenExpression
  | LikeExpression
  | ConditionalExpression
  | CallExpression
  | SubqueryExpression;

/** A constant, `undefined` among them. */
interface LiteralExpression {
  readonly kind: "literal";
  readonly value: null | boolean | number | string | undefined;
  readonly span: Span;
}

/** `@name`; the name includes the `@`. */
export interface ParameterExpression {
  readonly kind: "parameter";
  readonly name: string;
  readonly span: Span;
}

/** An alias that FROM introduced. */
interface IdentifierExpression {
  readonly kind: "identifier";
  readonly name: string;
  readonly span: Span;
}

/** `object.property`. */
interface MemberExpression {
  readonly kind: "member";
  readonly object: Expression;
  readonly property: string;
  readonly span: Span;
}

/** `object[index]`. */
interface IndexExpression {
  readonly kind: "index";
  readonly object: Expression;
  readonly index: Expression;
  readonly span: Span;
}

/** `[a, b]`. */
interface ArrayExpression {
  readonly kind: "array";
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `{"a": b}`. */
interface ObjectExpression {
  readonly kind: "object";
  readonly properties: readonly { readonly name: string; readonly value: Expression }[];
  readonly span: Span;
}

/** `operator operand`. */
interface UnaryExpression {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly span: Span;
}

/** `left operator right`. `<>` is written as `!=`. */
interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

/**
 * A chain of AND or of OR: one node for the whole chain, so that thousands of alternatives do not nest.
 */
export interface LogicalExpression {
  readonly kind: "logical";
  readonly operator: "AND" | "OR";
  readonly operands: readonly Expression[];
  readonly span: Span;
}

/** `value [NOT] IN (candidates)`. */
export interface InExpression {
  readonly kind: "in";
  readonly negated: boolean;
  readonly value: Expression;
  readonly candidates: readonly Expression[];
  readonly span: Span;
}

/** `value [NOT] BETWEEN lower AND upper`. */
interface BetweenExpression {
  readonly kind: "between";
  readonly negated: boolean;
  readonly value: Expression;
  readonly lower: Expression;
  readonly upper: Expression;
  readonly span: Span;
}

/** `value [NOT] LIKE pattern [ESCAPE 'c']`. */
export interface LikeExpression {
  readonly kind: "like";
  readonly negated: boolean;
  readonly value: Expression;
  readonly pattern: Expression;
  readonly escape: string | undefined;
  readonly span: Span;
}

/** `condition ? consequent : alternative`. */
interface ConditionalExpression {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternative: Expression;
  readonly span: Span;
}

/** `name(args)`, `udf.name(args)`. */
export interface CallExpression {
  readonly kind: "call";
  readonly name: string;
  readonly udf: boolean;
  readonly args: readonly Expression[];
  readonly span: Span;
}

/** `(SELECT …)`, `EXISTS(SELECT …)`, `ARRAY(SELECT …)`. */
export interface SubqueryExpression {
  readonly kind: "subquery";
  readonly form: "scalar" | "exists" | "array";
  readonly query: Query;
  readonly span: Span;
}
