import { reservedWord } from "../tokens/keywords.ts";
import type { Collection, Expression, FromSource, OrderByItem, Projection, Query } from "./ast.ts";

/**
 * Writes a query as text, in the form of the service's own rewritten queries: a clause a line, every operator
 * in parentheses, strings in double quotes. Parsing the text gives the same tree.
 *
 * @example
 * printQuery(parseQuery("select * from c where c.age>40")); // "SELECT *\nFROM c\nWHERE (c.age > 40)"
 *
 * Source of the form: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.*.xml.
 */
export function printQuery(query: Query): string {
  const { select, from, where, groupBy, orderBy, offsetLimit } = query;
  const clauses = [
    `SELECT ${select.distinct ? "DISTINCT " : ""}${
      select.top === undefined ? "" : `TOP ${printExpression(select.top)} `
    }${printProjection(select.projection)}`,
  ];
  if (from !== undefined) {
    clauses.push(`FROM ${printSource(from.source)}`);
    clauses.push(...from.joins.map((join) => `JOIN ${printSource(join)}`));
  }
  if (where !== undefined) {
    clauses.push(`WHERE ${printExpression(where)}`);
  }
  if (groupBy !== undefined) {
    clauses.push(`GROUP BY ${printList(groupBy)}`);
  }
  if (orderBy !== undefined) {
    clauses.push(`ORDER BY ${orderBy.map(printOrderByItem).join(", ")}`);
  }
  if (offsetLimit !== undefined) {
    clauses.push(`OFFSET ${printExpression(offsetLimit.offset)} LIMIT ${printExpression(offsetLimit.limit)}`);
  }
  return clauses.join("\n");
}

/** Writes the list after SELECT. */
function printProjection(projection: Projection): string {
  switch (projection.kind) {
    case "star":
      return "*";
    case "value":
      return `VALUE ${printExpression(projection.expression)}`;
    case "list":
      return projection.items
        .map(
          ({ expression, alias }) =>
            printExpression(expression) + (alias === undefined ? "" : ` AS ${alias}`),
        )
        .join(", ");
  }
}

/** Writes one source of FROM or JOIN. */
export function printSource(source: FromSource): string {
  const collection = printCollection(source.collection);
  if (source.kind === "iterate") return `${source.alias} IN ${collection}`;
  return source.alias === undefined ? collection : `${collection} AS ${source.alias}`;
}

/** Writes one key of ORDER BY. */
export function printOrderByItem({ expression, direction }: OrderByItem): string {
  return printExpression(expression) + (direction === undefined ? "" : ` ${direction}`);
}

/** Writes an expression. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return printLiteral(expression.value);
    case "parameter":
    case "identifier":
      return expression.name;
    case "member":
      return `${printAccessed(expression.object)}.${expression.property}`;
    case "index":
      return `${printAccessed(expression.object)}[${printExpression(expression.index)}]`;
    case "array":
      return `[${printList(expression.items)}]`;
    case "object":
      return `{${expression.properties
        .map(({ name, value }) => `${JSON.stringify(name)}: ${printExpression(value)}`)
        .join(", ")}}`;
    case "unary":
      return `(${expression.operator} ${printExpression(expression.operand)})`;
    case "binary":
      return `(${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)})`;
    case "logical":
      return `(${expression.operands.map(printExpression).join(` ${expression.operator} `)})`;
    case "in":
      return `(${printExpression(expression.value)} ${not(expression)}IN (${printList(expression.candidates)}))`;
    case "between":
      return `(${printExpression(expression.value)} ${not(expression)}BETWEEN ${printExpression(
        expression.lower,
      )} AND ${printExpression(expression.upper)})`;
    case "like": {
      const suffix = expression.escape === undefined ? "" : ` ESCAPE ${JSON.stringify(expression.escape)}`;
      const pattern = printExpression(expression.pattern);
      return `(${printExpression(expression.value)} ${not(expression)}LIKE ${pattern}${suffix})`;
    }
    case "conditional":
      return `(${printExpression(expression.condition)} ? ${printExpression(
        expression.consequent,
      )} : ${printExpression(expression.alternative)})`;
    case "call":
      return `${expression.udf ? "udf." : ""}${expression.name}(${printList(expression.args)})`;
    case "subquery": {
      const keyword = { scalar: "", exists: "EXISTS", array: "ARRAY" }[expression.form];
      return `${keyword}(${printQuery(expression.query)})`;
    }
  }
}

/** A number needs parentheses before a member access: in `1.a` the dot belongs to the number. */
function printAccessed(object: Expression): string {
  const text = printExpression(object);
  return object.kind === "literal" && typeof object.value === "number" ? `(${text})` : text;
}

function printCollection(collection: Collection): string {
  if (collection.kind === "subquery") return `(${printQuery(collection.query)})`;
  return collection.root + collection.steps.map(printStep).join("");
}

function printStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  const isIdentifier = /^[A-Za-z_][A-Za-z_0-9]*$/.test(step) && reservedWord(step) === undefined;
  return isIdentifier ? `.${step}` : `[${JSON.stringify(step)}]`;
}

function printLiteral(value: null | boolean | number | string | undefined): string {
  // A literal such as 1e999 reads as infinity, which only such a literal can write.
  if (typeof value === "number" && !Number.isFinite(value)) return value < 0 ? "-1e999" : "1e999";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function printList(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(", ");
}

function not(expression: { readonly negated: boolean }): string {
  return expression.negated ? "NOT " : "";
}
