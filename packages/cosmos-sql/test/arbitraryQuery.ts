import fc from "fast-check";
import { codePoint } from "../../../vitest.codePoint.ts";
import type { Json, JsonObject } from "../src/json.ts";
import type { Expression, FromClause, OrderByItem, Projection, Query } from "../src/syntax/ast.ts";
import type { BinaryOperator } from "../src/tokens/operators.ts";

const span = { start: 0, end: 0 };
const names = ["a", "b", "n", "s", "t"] as const;

/** Strings with a good chance to meet one another, some of them hard for comparisons. */
export const plainStrings = fc.constantFrom("", "a", "ab", "b", "B", "a%", "_", "10", "\uFFFD", "😀", "é");

/** Any string at all, halves of characters too. */
export const wildStrings = fc.string({ unit: codePoint, maxLength: 6 });

const numbers = fc.oneof(
  { arbitrary: fc.integer({ min: -1, max: 3 }), weight: 4 },
  fc.constantFrom(0.5, 1e21, -2.25),
);

/** Items whose properties have any type, under names that the queries use. */
export const arbitraryItem: fc.Arbitrary<JsonObject> = arbitraryObject(2);

function arbitraryObject(depth: number): fc.Arbitrary<JsonObject> {
  const scalar = fc.oneof(
    fc.constantFrom<Json>(null, true, false),
    fc.integer({ min: -1, max: 3 }),
    plainStrings,
  );
  const value: fc.Arbitrary<Json> =
    depth === 0
      ? scalar
      : fc.oneof(
          { arbitrary: scalar, weight: 4 },
          fc.array(fc.oneof(scalar, arbitraryObject(depth - 1)), { maxLength: 3 }),
          arbitraryObject(depth - 1),
        );
  const element = depth === 0 ? scalar : fc.oneof(scalar, arbitraryObject(0));
  const list = fc.oneof(fc.array(element, { maxLength: 3 }), value);
  return fc
    .record(
      { a: value, b: value, n: value, s: value, t: list },
      { requiredKeys: depth === 2 ? ["a", "t"] : [] },
    )
    .map((properties) => JSON.parse(JSON.stringify(properties)) as JsonObject);
}

const binary: readonly BinaryOperator[] = [
  "*",
  "/",
  "%",
  "+",
  "-",
  "<<",
  ">>",
  ">>>",
  "<",
  "<=",
  ">",
  ">=",
  "=",
  "!=",
  "&",
  "^",
  "|",
  "||",
  "??",
];

const calls: readonly (readonly [name: string, args: number])[] = [
  ["LOWER", 1],
  ["LENGTH", 1],
  ["ABS", 1],
  ["IS_DEFINED", 1],
  ["IS_STRING", 1],
  ["IS_NULL", 1],
  ["CONTAINS", 2],
  ["STARTSWITH", 2],
  ["CONCAT", 2],
  ["ARRAY_LENGTH", 1],
  ["ARRAY_CONTAINS", 2],
  ["ARRAY_CONTAINS_ANY", 3],
  ["IIF", 3],
];

/** A reference into an alias: `c.a`, `c["b"]`, `c.t[0]`. */
function references(aliases: readonly string[]): fc.Arbitrary<Expression> {
  const step = fc.oneof(
    fc.constantFrom(...names).map((name) => ({ name, dotted: true })),
    fc.constantFrom<string | number>(...names, 0, 1).map((name) => ({ name, dotted: false })),
  );
  return fc
    .tuple(fc.constantFrom(...aliases), fc.array(step, { maxLength: 2 }))
    .map(([alias, steps]) =>
      steps.reduce<Expression>(
        (object, { name, dotted }) =>
          dotted && typeof name === "string"
            ? { kind: "member", object, property: name, span }
            : { kind: "index", object, index: { kind: "literal", value: name, span }, span },
        { kind: "identifier", name: alias, span },
      ),
    );
}

/** A condition that some items meet and some do not: references against constants, combined. */
export function arbitraryCondition(
  aliases: readonly string[],
  strings: fc.Arbitrary<string>,
  depth: number,
): fc.Arbitrary<Expression> {
  const reference = references(aliases);
  const constant = fc
    .oneof(
      fc.constantFrom(null, true, false),
      { arbitrary: numbers, weight: 3 },
      { arbitrary: strings, weight: 2 },
    )
    .map((value): Expression => ({ kind: "literal", value, span }));
  const comparisons = fc.constantFrom<BinaryOperator>("=", "!=", "<", "<=", ">", ">=");
  const test = (name: string, args: readonly Expression[]): Expression => ({
    kind: "call",
    name,
    udf: false,
    args,
    span,
  });
  const simple = fc.oneof(
    {
      arbitrary: fc.tuple(comparisons, reference, constant, fc.boolean()).map(
        ([operator, left, right, mirrored]): Expression => ({
          kind: "binary",
          operator,
          left: mirrored ? right : left,
          right: mirrored ? left : right,
          span,
        }),
      ),
      weight: 5,
    },
    fc
      .tuple(fc.boolean(), reference, fc.array(constant, { minLength: 1, maxLength: 4 }))
      .map(([negated, value, candidates]): Expression => ({ kind: "in", negated, value, candidates, span })),
    fc.tuple(fc.boolean(), reference, constant, constant).map(
      ([negated, value, lower, upper]): Expression => ({
        kind: "between",
        negated,
        value,
        lower,
        upper,
        span,
      }),
    ),
    fc.tuple(fc.boolean(), reference, constant).map(
      ([negated, value, pattern]): Expression => ({
        kind: "like",
        negated,
        value,
        pattern,
        escape: undefined,
        span,
      }),
    ),
    fc
      .tuple(fc.constantFrom("STARTSWITH", "CONTAINS", "ARRAY_CONTAINS"), reference, constant)
      .map(([name, value, sought]) => test(name, [value, sought])),
    fc
      .tuple(fc.constantFrom("IS_DEFINED", "IS_STRING", "IS_NULL"), reference)
      .map(([name, value]) => test(name, [value])),
    fc
      .tuple(fc.array(constant, { maxLength: 3 }), reference)
      .map(([items, value]) => test("ARRAY_CONTAINS", [{ kind: "array", items, span }, value])),
    reference,
  );
  if (depth === 0) return simple;
  const inner = arbitraryCondition(aliases, strings, depth - 1);
  const alias = `w${aliases.length}`;
  return fc.oneof(
    { arbitrary: simple, weight: 2 },
    {
      arbitrary: fc
        .tuple(
          fc.constantFrom("AND" as const, "OR" as const),
          fc.array(inner, { minLength: 2, maxLength: 3 }),
        )
        .map(([operator, operands]): Expression => ({ kind: "logical", operator, operands, span })),
      weight: 2,
    },
    inner.map((operand): Expression => ({ kind: "unary", operator: "NOT", operand, span })),
    fc
      .tuple(fc.constantFrom(...aliases), arbitraryCondition([...aliases, alias], strings, depth - 1))
      .map(([root, where]): Expression => {
        const projection: Projection = {
          kind: "value",
          expression: { kind: "identifier", name: alias, span },
        };
        const collection = { kind: "path" as const, root, steps: ["t"], span };
        const query: Query = {
          select: { distinct: false, top: undefined, projection },
          from: { source: { kind: "iterate", alias, collection, span }, joins: [] },
          where,
          groupBy: undefined,
          orderBy: undefined,
          offsetLimit: undefined,
          span,
        };
        return { kind: "subquery", form: "exists", query, span };
      }),
  );
}

/** An expression over the aliases. */
function arbitraryExpression(
  aliases: readonly string[],
  strings: fc.Arbitrary<string>,
  depth: number,
): fc.Arbitrary<Expression> {
  const literal = fc
    .oneof(fc.constantFrom(null, true, false, undefined), numbers, strings)
    .map((value): Expression => ({ kind: "literal", value, span }));
  const leaf = fc.oneof({ arbitrary: references(aliases), weight: 3 }, literal);
  if (depth === 0) return leaf;
  const inner = arbitraryExpression(aliases, strings, depth - 1);
  const list = (minLength: number) => fc.array(inner, { minLength, maxLength: 3 });
  return fc.oneof(
    { arbitrary: leaf, weight: 3 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom(...binary), inner, inner)
        .map(([operator, left, right]): Expression => ({ kind: "binary", operator, left, right, span })),
      weight: 4,
    },
    {
      arbitrary: fc
        .tuple(fc.constantFrom("AND" as const, "OR" as const), list(2))
        .map(([operator, operands]): Expression => ({ kind: "logical", operator, operands, span })),
      weight: 3,
    },
    fc
      .tuple(fc.constantFrom("-" as const, "+" as const, "~" as const, "NOT" as const), inner)
      // The parser makes a literal of a minus and a number.
      .filter(([operator, operand]) => operator !== "-" || operand.kind !== "literal")
      .map(([operator, operand]): Expression => ({ kind: "unary", operator, operand, span })),
    fc
      .tuple(fc.boolean(), inner, list(1))
      .map(([negated, value, candidates]): Expression => ({ kind: "in", negated, value, candidates, span })),
    fc.tuple(fc.boolean(), inner, inner, inner).map(
      ([negated, value, lower, upper]): Expression => ({
        kind: "between",
        negated,
        value,
        lower,
        upper,
        span,
      }),
    ),
    fc.tuple(fc.boolean(), inner, inner, fc.constantFrom(undefined, "!", "_")).map(
      ([negated, value, pattern, escapeCharacter]): Expression => ({
        kind: "like",
        negated,
        value,
        pattern,
        escape: escapeCharacter,
        span,
      }),
    ),
    fc.tuple(inner, inner, inner).map(
      ([condition, consequent, alternative]): Expression => ({
        kind: "conditional",
        condition,
        consequent,
        alternative,
        span,
      }),
    ),
    list(0).map((items): Expression => ({ kind: "array", items, span })),
    fc
      .array(fc.record({ name: strings, value: inner }), { maxLength: 2 })
      .map((properties): Expression => ({ kind: "object", properties, span })),
    {
      arbitrary: fc.tuple(fc.constantFrom(...calls), inner, inner, inner).map(
        ([[name, count], ...args]): Expression => ({
          kind: "call",
          name,
          udf: false,
          args: args.slice(0, count),
          span,
        }),
      ),
      weight: 3,
    },
    fc.tuple(inner, inner).map(([object, index]): Expression => ({ kind: "index", object, index, span })),
    arbitrarySubquery(aliases, strings, depth - 1),
  );
}

function arbitrarySubquery(
  aliases: readonly string[],
  strings: fc.Arbitrary<string>,
  depth: number,
): fc.Arbitrary<Expression> {
  const alias = `u${aliases.length}`;
  const within = [...aliases, alias];
  const where = fc.option(arbitraryExpression(within, strings, depth), { nil: undefined });
  const count: Expression = {
    kind: "call",
    name: "COUNT",
    udf: false,
    args: [{ kind: "identifier", name: alias, span }],
    span,
  };
  return fc
    .tuple(
      fc.constantFrom("exists" as const, "array" as const, "scalar" as const),
      fc.constantFrom(...aliases),
      fc.constantFrom(...names),
      where,
      arbitraryExpression(within, strings, depth),
    )
    .map(([form, root, name, condition, value]): Expression => {
      const query: Query = {
        select: {
          distinct: false,
          top: undefined,
          projection: { kind: "value", expression: form === "scalar" ? count : value },
        },
        from: {
          source: { kind: "iterate", alias, collection: { kind: "path", root, steps: [name], span }, span },
          joins: [],
        },
        where: condition,
        groupBy: undefined,
        orderBy: undefined,
        offsetLimit: undefined,
        span,
      };
      return { kind: "subquery", form, query, span };
    });
}

const counts = fc.integer({ min: 0, max: 5 }).map((value) => ({ kind: "literal" as const, value, span }));

const aggregates = ["AVG", "COUNT", "COUNTIF", "MAX", "MIN", "SUM"] as const;

/** A valid query over the container `c`. */
export function arbitraryQuery(strings: fc.Arbitrary<string> = plainStrings): fc.Arbitrary<Query> {
  return fc.boolean().chain((joined) => {
    const aliases = joined ? ["c", "j"] : ["c"];
    const from: FromClause = {
      source: {
        kind: "collection",
        collection: { kind: "path", root: "c", steps: [], span },
        alias: undefined,
        span,
      },
      joins: joined
        ? [{ kind: "iterate", alias: "j", collection: { kind: "path", root: "c", steps: ["t"], span }, span }]
        : [],
    };
    const expression = arbitraryExpression(aliases, strings, 2);
    const value = expression.map((projected): Projection => ({ kind: "value", expression: projected }));
    const list = fc.array(expression, { minLength: 1, maxLength: 3 }).map(
      (items): Projection => ({
        kind: "list",
        items: items.map((projected, index) => ({ expression: projected, alias: `p${index}` })),
      }),
    );
    const rows = joined
      ? fc.oneof(value, list)
      : fc.oneof(value, list, fc.constant<Projection>({ kind: "star", span }));
    const orderKey = fc
      .tuple(fc.constantFrom(...names), fc.constantFrom(undefined, "ASC" as const, "DESC" as const))
      .map(
        ([property, direction]): OrderByItem => ({
          expression: { kind: "member", object: { kind: "identifier", name: "c", span }, property, span },
          direction,
        }),
      );
    const plain = fc.record({
      projection: rows,
      groupBy: fc.constant<Expression[] | undefined>(undefined),
      orderBy: fc.option(fc.array(orderKey, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    });
    const grouped = fc
      .tuple(
        fc.option(fc.array(references(aliases), { minLength: 1, maxLength: 2 }), { nil: undefined }),
        fc.array(fc.tuple(fc.constantFrom(...aggregates), arbitraryExpression(aliases, strings, 1)), {
          minLength: 1,
          maxLength: 2,
        }),
        fc.boolean(),
      )
      .map(([keys, aggregates, asValue]) => {
        const calls = aggregates
          .filter(([, argument]) => argument.kind !== "subquery")
          .map(
            ([name, argument]): Expression => ({ kind: "call", name, udf: false, args: [argument], span }),
          );
        const one: Expression = { kind: "literal", value: 1, span };
        const all: Expression[] = [...calls, { kind: "call", name: "COUNT", udf: false, args: [one], span }];
        const [first = one] = all;
        const projection: Projection = asValue
          ? { kind: "value", expression: first }
          : {
              kind: "list",
              items: [...(keys ?? []), ...all].map((projected, index) => ({
                expression: projected,
                alias: `p${index}`,
              })),
            };
        return { projection, groupBy: keys, orderBy: undefined };
      });
    return fc
      .record({
        shape: fc.oneof({ arbitrary: plain, weight: 3 }, grouped),
        distinct: fc.boolean(),
        top: fc.option(counts, { nil: undefined, freq: 2 }),
        where: fc.option(
          fc.oneof(
            { arbitrary: arbitraryCondition(aliases, strings, 2), weight: 3 },
            arbitraryExpression(aliases, strings, 3),
          ),
          { nil: undefined, freq: 4 },
        ),
        offsetLimit: fc.option(fc.record({ offset: counts, limit: counts }), { nil: undefined, freq: 2 }),
      })
      .map(({ shape, distinct, top, where, offsetLimit }): Query => {
        // The service takes TOP or OFFSET LIMIT.
        const limits = top === undefined ? offsetLimit : undefined;
        const { projection, groupBy, orderBy } = shape;
        return {
          select: { distinct, top, projection },
          from,
          where,
          groupBy,
          orderBy,
          offsetLimit: limits,
          span,
        };
      });
  });
}
