import type { Json, JsonObject, Value } from "../src/json.ts";
import type { Expression, FromClause, Query } from "../src/syntax/ast.ts";

/**
 * A second reading of the language's rules, for comparison: it walks the tree for every row, knows no slots,
 * no indexes and no shortcuts, and covers what the generator makes.
 */
export function interpret(query: Query, items: readonly JsonObject[]): Json[] {
  return runQuery(
    query,
    items.map((item) => new Map([["c", item as Value]])),
  );
}

type Environment = ReadonlyMap<string, Value>;

function runQuery(query: Query, starts: readonly Environment[]): Json[] {
  const rows = starts
    .flatMap((start) => (query.from === undefined ? [start] : expandFrom(query.from, start)))
    .filter((row) => query.where === undefined || evaluate(query.where, row) === true);
  const { projection } = query.select;
  let results: Value[];
  const listed = projection.kind === "list" ? projection.items : [];
  const outputs =
    projection.kind === "value" ? [projection.expression] : listed.map(({ expression }) => expression);
  if (query.groupBy !== undefined || outputs.some(isAggregate)) {
    results = groupRows(query, rows).map((group) => project(query, group[0] ?? new Map(), group));
  } else {
    results = sortRows(query, rows).map((row) => project(query, row, undefined));
  }
  let defined = results.filter((row) => row !== undefined);
  if (query.select.distinct) {
    const keys = defined.map(canonical);
    defined = defined.filter((_row, index) => keys.indexOf(keys[index] ?? "") === index);
  }
  const offset = Number((query.offsetLimit?.offset as { value?: number } | undefined)?.value ?? 0);
  const limit = Number((query.offsetLimit?.limit as { value?: number } | undefined)?.value ?? Infinity);
  const top = Number((query.select.top as { value?: number } | undefined)?.value ?? Infinity);
  return defined.slice(offset).slice(0, Math.min(limit, top, defined.length));
}

function expandFrom(from: FromClause, start: Environment): Environment[] {
  let rows: Environment[] = [start];
  for (const source of [from.source, ...from.joins]) {
    rows = rows.flatMap((row) => {
      if (source.collection.kind !== "path") throw new Error("The generator makes no subquery in FROM.");
      let value = row.get(source.collection.root);
      for (const step of source.collection.steps) {
        value = pick(value, step);
      }
      const alias = source.alias ?? source.collection.root;
      const values = source.kind === "iterate" ? (Array.isArray(value) ? (value as Json[]) : []) : [value];
      return values.filter((one) => one !== undefined).map((one) => new Map([...row, [alias, one]]));
    });
  }
  return rows;
}

function groupRows(query: Query, rows: readonly Environment[]): Environment[][] {
  if (query.groupBy === undefined) return [[...rows]];
  const groups = new Map<string, Environment[]>();
  for (const row of rows) {
    const key = query.groupBy.map((expression) => canonical(evaluate(expression, row))).join("|");
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function sortRows(query: Query, rows: readonly Environment[]): Environment[] {
  const keys = query.orderBy ?? [];
  return rows.toSorted((left, right) => {
    for (const { expression, direction } of keys) {
      const sign = order(evaluate(expression, left), evaluate(expression, right));
      if (sign !== 0) return direction === "DESC" ? -sign : sign;
    }
    return 0;
  });
}

function project(query: Query, row: Environment, group: readonly Environment[] | undefined): Value {
  const { projection } = query.select;
  const output = (expression: Expression) =>
    group !== undefined && isAggregate(expression) ? aggregate(expression, group) : evaluate(expression, row);
  switch (projection.kind) {
    case "star":
      return row.get("c");
    case "value":
      return output(projection.expression);
    case "list":
      return objectFrom(projection.items.map(({ expression, alias }) => [alias ?? "", output(expression)]));
  }
}

function isAggregate(expression: Expression): boolean {
  return expression.kind === "call" && /^(AVG|COUNT|COUNTIF|MAX|MIN|SUM)$/.test(expression.name);
}

function aggregate(expression: Expression, group: readonly Environment[]): Value {
  if (expression.kind !== "call") return undefined;
  const [argument] = expression.args;
  const values = group
    .map((row) => argument && evaluate(argument, row))
    .filter((value) => value !== undefined);
  switch (expression.name) {
    case "COUNT":
      return values.length;
    case "COUNTIF":
      return values.filter((value) => value === true).length;
    case "SUM":
    case "AVG": {
      if (!values.every((value) => typeof value === "number")) return undefined;
      const sum = values.reduce((left, right) => left + right, 0);
      return expression.name === "SUM" ? sum : values.length === 0 ? undefined : sum / values.length;
    }
    default: {
      if (values.some((value) => rank(value) > 4)) return undefined;
      const sorted = values.toSorted(order);
      return expression.name === "MIN" ? sorted[0] : sorted.at(-1);
    }
  }
}

function evaluate(expression: Expression, row: Environment): Value {
  const of = (part: Expression) => evaluate(part, row);
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "parameter":
      throw new Error("The generator makes no parameters.");
    case "identifier":
      return row.get(expression.name);
    case "member":
      return pick(of(expression.object), expression.property);
    case "index":
      return pick(of(expression.object), of(expression.index));
    case "array":
      return expression.items.map(of).filter((value) => value !== undefined);
    case "object":
      return objectFrom(expression.properties.map(({ name, value }) => [name, of(value)]));
    case "unary":
      return unary(expression.operator, of(expression.operand));
    case "binary":
      return binary(expression.operator, of(expression.left), of(expression.right));
    case "logical": {
      const values = expression.operands
        .map(of)
        .map((value) => (typeof value === "boolean" ? value : "unknown"));
      const decisive = expression.operator === "OR";
      return values.includes(decisive) ? decisive : values.includes("unknown") ? undefined : !decisive;
    }
    case "in": {
      const value = of(expression.value);
      const found = expression.candidates.map((candidate) => binary("=", value, of(candidate)));
      return flip(
        found.includes(true) ? true : found.includes(undefined) ? undefined : false,
        expression.negated,
      );
    }
    case "between": {
      const value = of(expression.value);
      const sides = [binary(">=", value, of(expression.lower)), binary("<=", value, of(expression.upper))];
      return flip(
        sides.includes(false) ? false : sides.includes(undefined) ? undefined : true,
        expression.negated,
      );
    }
    case "like": {
      const value = of(expression.value);
      const pattern = of(expression.pattern);
      const known = typeof value === "string" && typeof pattern === "string";
      return known
        ? flip(likeExpression(pattern, expression.escape).test(value), expression.negated)
        : undefined;
    }
    case "conditional":
      return of(of(expression.condition) === true ? expression.consequent : expression.alternative);
    case "call":
      return call(expression.name, expression.args.map(of));
    case "subquery": {
      const rows = runQuery(expression.query, [row]);
      return { exists: rows.length > 0, array: rows, scalar: rows[0] }[expression.form];
    }
  }
}

function likeExpression(pattern: string, escapeCharacter: string | undefined): RegExp {
  const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  let source = "";
  const characters = [...pattern];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? "";
    if (character === escapeCharacter && index + 1 < characters.length) {
      index += 1;
      source += quote(characters[index] ?? "");
    } else {
      source += character === "%" ? ".*" : character === "_" ? "." : quote(character);
    }
  }
  return new RegExp(`^${source}$`, "su");
}

function flip(value: boolean | undefined, negated: boolean): boolean | undefined {
  return value === undefined ? undefined : value !== negated;
}

function unary(operator: string, value: Value): Value {
  if (operator === "NOT") return typeof value === "boolean" ? !value : undefined;
  if (typeof value !== "number") return undefined;
  return operator === "-" ? -value : operator === "~" ? ~value : value;
}

function binary(operator: string, left: Value, right: Value): Value {
  if (operator === "??") return left === undefined ? right : left;
  if (left === undefined || right === undefined) return undefined;
  if (operator === "=" || operator === "!=") {
    return (canonical(left) === canonical(right)) === (operator === "=");
  }
  if (["<", "<=", ">", ">="].includes(operator)) {
    const sameType = rank(left) === rank(right) || (typeof left === "boolean" && typeof right === "boolean");
    if (!sameType || rank(left) > 4) return undefined;
    const sign = order(left, right);
    return { "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0 }[operator] ?? false;
  }
  if (operator === "||") {
    return typeof left === "string" && typeof right === "string" ? left + right : undefined;
  }
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  const compute = new Function("a", "b", `return a ${operator} b`) as (a: number, b: number) => number;
  const result = compute(left, right);
  return Number.isFinite(result) ? result : undefined;
}

function call(name: string, [first, second, third]: readonly Value[]): Value {
  const contains = (sought: Value) =>
    Array.isArray(first) && sought !== undefined
      ? (first as Json[]).map(canonical).includes(canonical(sought))
      : undefined;
  const strings = typeof first === "string" && typeof second === "string";
  switch (name) {
    case "LOWER":
      return typeof first === "string" ? first.toLowerCase() : undefined;
    case "LENGTH":
      return typeof first === "string" ? first.length : undefined;
    case "ABS":
      return typeof first === "number" ? Math.abs(first) : undefined;
    case "IS_DEFINED":
      return first !== undefined;
    case "IS_STRING":
      return typeof first === "string";
    case "IS_NULL":
      return first === null;
    case "CONTAINS":
      return strings ? first.includes(second) : undefined;
    case "STARTSWITH":
      return strings ? first.startsWith(second) : undefined;
    case "CONCAT":
      return strings ? first + second : undefined;
    case "ARRAY_LENGTH":
      return Array.isArray(first) ? first.length : undefined;
    case "ARRAY_CONTAINS":
      return contains(second);
    case "ARRAY_CONTAINS_ANY": {
      const found = [contains(second), contains(third)];
      return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
    }
    case "IIF":
      return first === true ? second : third;
    default:
      throw new Error(`The generator makes no call of ${name}.`);
  }
}

function pick(value: Value, step: Value): Value {
  if (Array.isArray(value)) return typeof step === "number" ? (value as Json[])[step] : undefined;
  if (typeof value !== "object" || value === null || typeof step !== "string") return undefined;
  return new Map(Object.entries(value)).get(step);
}

function objectFrom(entries: readonly (readonly [string, Value])[]): Json {
  const defined = entries.filter(([, value]) => value !== undefined);
  // JSON.parse makes own properties of every name.
  const text = defined.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
  return JSON.parse(`{${text}}`) as Json;
}

function rank(value: Value): number {
  if (value === undefined || value === null) return value === undefined ? -1 : 0;
  if (typeof value === "boolean") return value ? 2 : 1;
  return typeof value === "number" ? 3 : typeof value === "string" ? 4 : Array.isArray(value) ? 5 : 6;
}

function order(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return Math.sign(left - right);
  if (typeof left === "string" && typeof right === "string") {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return rank(left) - rank(right);
}

function canonical(value: Value): string {
  const sorted = (_name: string, part: unknown): unknown =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.entries(part)
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([key, inner]) => ["property", key, inner])
      : part;
  return value === undefined
    ? "undefined"
    : `${Array.isArray(value)}${typeof value}${JSON.stringify(value, sorted)}`;
}
