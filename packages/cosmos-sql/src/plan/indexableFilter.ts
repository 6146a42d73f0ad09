import { parameterMap, type QueryParameter } from "../evaluation/compileQuery.ts";
import { constantValue } from "../evaluation/constantValue.ts";
import { isArray, isScalar, type Json, type Value } from "../json.ts";
import type {
  CallExpression,
  Collection,
  Expression,
  FromClause,
  LikeExpression,
  Query,
} from "../syntax/ast.ts";
import { propertyName, sourceAlias } from "../syntax/expressions.ts";
import { likePrefix, parseLikePattern } from "../values/likePattern.ts";
import {
  allOf,
  anyElement,
  anyOf,
  everyItem,
  type FilterPath,
  type IndexableFilter,
  noItem,
  oneOf,
  type ScalarType,
  scalarType,
} from "./filter.ts";

/** What the extraction knows while it walks: where aliases lie in the item, and the parameters. */
interface Surroundings {
  readonly aliases: ReadonlyMap<string, FilterPath | undefined>;
  readonly parameters: ReadonlyMap<string, Json>;
}

/**
 * The part of a query's WHERE that an index can answer, as a condition on the item; see IndexableFilter.
 * Conditions on the aliases of JOIN, IN and EXISTS count as conditions on the array's elements.
 */
export function indexableFilter(query: Query, parameters: Iterable<QueryParameter> = []): IndexableFilter {
  const surroundings = { aliases: new Map<string, FilterPath>(), parameters: parameterMap(parameters) };
  return query.from === undefined ? everyItem : queryFilter(query, surroundings);
}

/**
 * The paths by which ORDER BY sorts items; undefined if there is no ORDER BY, or if it sorts by anything else
 * than paths of the item.
 */
export function orderByPaths(
  query: Query,
): readonly { readonly path: readonly string[]; readonly descending: boolean }[] | undefined {
  if (query.from === undefined || query.orderBy === undefined) return undefined;
  const surroundings = within(query.from, { aliases: new Map(), parameters: new Map() });
  const items = query.orderBy.map(({ expression, direction }) => ({
    path: pathOf(expression, surroundings)?.filter((step) => typeof step === "string"),
    steps: pathOf(expression, surroundings)?.length,
    descending: direction === "DESC",
  }));
  return items.every(({ path, steps }) => path !== undefined && path.length === steps)
    ? items.map(({ path, descending }) => ({ path: path ?? [], descending }))
    : undefined;
}

function queryFilter(query: Query, outer: Surroundings): IndexableFilter {
  const surroundings = query.from === undefined ? outer : within(query.from, outer);
  return query.where === undefined ? everyItem : filterOf(query.where, false, surroundings);
}

function within(from: FromClause, outer: Surroundings): Surroundings {
  const aliases = new Map(outer.aliases);
  for (const source of [from.source, ...from.joins]) {
    const path = collectionPath(source.collection, aliases);
    const alias = sourceAlias(source);
    if (alias !== undefined) {
      aliases.set(alias, source.kind === "iterate" && path !== undefined ? [...path, anyElement] : path);
    }
  }
  return { ...outer, aliases };
}

function collectionPath(
  collection: Collection,
  aliases: ReadonlyMap<string, FilterPath | undefined>,
): FilterPath | undefined {
  if (collection.kind === "subquery") return undefined;
  const root = aliases.has(collection.root) ? aliases.get(collection.root) : [];
  return root && [...root, ...collection.steps.map((step) => (typeof step === "string" ? step : anyElement))];
}

/** A condition that holds wherever the expression is true (or false, if negated). */
function filterOf(expression: Expression, negated: boolean, surroundings: Surroundings): IndexableFilter {
  const constant = constantValue(expression, surroundings.parameters);
  if (constant !== undefined) return constant.value === !negated ? everyItem : noItem;
  switch (expression.kind) {
    case "logical": {
      const filters = expression.operands.map((operand) => filterOf(operand, negated, surroundings));
      return (expression.operator === "AND") === negated ? anyOf(filters) : allOf(filters);
    }
    case "unary":
      return expression.operator === "NOT" ? filterOf(expression.operand, !negated, surroundings) : everyItem;
    case "binary":
      return comparison(expression.operator, expression.left, expression.right, negated, surroundings);
    case "in":
      return expression.negated === negated
        ? membership(expression.value, expression.candidates, surroundings)
        : everyItem;
    case "between": {
      const { value, lower, upper } = expression;
      return expression.negated === negated
        ? allOf([
            comparison(">=", value, lower, false, surroundings),
            comparison("<=", value, upper, false, surroundings),
          ])
        : everyItem;
    }
    case "like":
      return expression.negated === negated ? likeFilter(expression, surroundings) : everyItem;
    case "call":
      return negated ? everyItem : callFilter(expression, surroundings);
    case "subquery":
      return expression.form === "exists" && !negated
        ? existsFilter(expression.query, surroundings)
        : everyItem;
    case "identifier":
    case "member":
    case "index": {
      const path = pathOf(expression, surroundings);
      return path === undefined ? everyItem : { kind: "equals", path, value: !negated };
    }
    default:
      return everyItem;
  }
}

/** An EXISTS with an aggregate has a row whatever its WHERE, so only one without tells anything. */
function existsFilter(query: Query, surroundings: Surroundings): IndexableFilter {
  const { projection } = query.select;
  const isPlain =
    projection.kind === "star" ||
    (projection.kind === "value" &&
      pathOf(projection.expression, anyAlias(query, surroundings)) !== undefined) ||
    (projection.kind === "value" && projection.expression.kind === "literal");
  return isPlain && query.groupBy === undefined ? queryFilter(query, surroundings) : everyItem;
}

function anyAlias(query: Query, surroundings: Surroundings): Surroundings {
  return query.from === undefined ? surroundings : within(query.from, surroundings);
}

/** What a comparison says when it is false, and with its sides exchanged. */
const comparisons = new Map([
  ["=", { opposite: "!=", mirrored: "=" }],
  ["!=", { opposite: "=", mirrored: "!=" }],
  ["<", { opposite: ">=", mirrored: ">" }],
  [">=", { opposite: "<", mirrored: "<=" }],
  [">", { opposite: "<=", mirrored: "<" }],
  ["<=", { opposite: ">", mirrored: ">=" }],
]);

function comparison(
  operator: string,
  left: Expression,
  right: Expression,
  negated: boolean,
  surroundings: Surroundings,
): IndexableFilter {
  const effective = (negated && comparisons.get(operator)?.opposite) || operator;
  const leftPath = pathOf(left, surroundings);
  const constant = constantValue(leftPath === undefined ? left : right, surroundings.parameters);
  const path = leftPath ?? pathOf(right, surroundings);
  const mirrored = comparisons.get(effective)?.mirrored;
  if (mirrored === undefined || constant === undefined || path === undefined) return everyItem;
  const directed = leftPath === undefined ? mirrored : effective;
  return pathComparison(directed, path, constant.value);
}

function pathComparison(operator: string, path: FilterPath, value: Value): IndexableFilter {
  if (value === undefined) return noItem;
  if (operator === "!=") return everyItem;
  if (!isScalar(value)) return operator === "=" ? everyItem : noItem;
  if (operator === "=") return { kind: "equals", path, value };
  const bound = { value, inclusive: operator.endsWith("=") };
  const isLower = operator.startsWith(">");
  return {
    kind: "range",
    path,
    type: scalarType(value),
    lower: isLower ? bound : undefined,
    upper: isLower ? undefined : bound,
  };
}

function membership(
  value: Expression,
  candidates: readonly Expression[],
  surroundings: Surroundings,
): IndexableFilter {
  const path = pathOf(value, surroundings);
  const constants = candidates.map((candidate) => constantValue(candidate, surroundings.parameters));
  if (path === undefined || constants.some((constant) => constant === undefined)) return everyItem;
  return valuesFilter(
    path,
    constants.map((constant) => constant?.value),
  );
}

function valuesFilter(path: FilterPath, values: readonly Value[]): IndexableFilter {
  const defined = values.filter((value) => value !== undefined);
  const scalars = defined.filter((value) => isScalar(value));
  return scalars.length === defined.length ? oneOf(path, scalars) : everyItem;
}

function likeFilter(expression: LikeExpression, surroundings: Surroundings): IndexableFilter {
  const path = pathOf(expression.value, surroundings);
  const pattern = constantValue(expression.pattern, surroundings.parameters);
  if (path === undefined || pattern === undefined) return everyItem;
  if (typeof pattern.value !== "string") return noItem;
  const { prefix, exact } = likePrefix(parseLikePattern(pattern.value, expression.escape));
  return exact ? { kind: "equals", path, value: prefix } : prefixFilter(path, prefix);
}

function prefixFilter(path: FilterPath, prefix: string): IndexableFilter {
  return prefix === "" ? { kind: "type", path, type: "string" } : { kind: "prefix", path, prefix };
}

const typeTests: ReadonlyMap<string, ScalarType> = new Map([
  ["IS_BOOL", "boolean"],
  ["IS_INTEGER", "number"],
  ["IS_FINITE_NUMBER", "number"],
  ["IS_NULL", "null"],
  ["IS_NUMBER", "number"],
  ["IS_STRING", "string"],
]);

function callFilter(call: CallExpression, surroundings: Surroundings): IndexableFilter {
  const [first, ...rest] = call.args;
  if (call.udf || first === undefined) return everyItem;
  const name = call.name.toUpperCase();
  const path = pathOf(first, surroundings);
  const constants = rest.map((argument) => constantValue(argument, surroundings.parameters));
  const values = constants.map((constant) => constant?.value);
  const areConstant = constants.every((constant) => constant !== undefined);
  const type = typeTests.get(name);
  if (path !== undefined && type !== undefined) return { kind: "type", path, type };
  if (path !== undefined && name === "IS_DEFINED") return { kind: "defined", path };
  if (path !== undefined && areConstant) return pathCallFilter(name, path, values);
  const [second] = rest;
  const elements = constantValue(first, surroundings.parameters)?.value;
  const sought = second && pathOf(second, surroundings);
  if (name === "ARRAY_CONTAINS" && rest.length === 1 && isArray(elements) && sought !== undefined) {
    return valuesFilter(sought, elements);
  }
  return everyItem;
}

function pathCallFilter(name: string, path: FilterPath, values: readonly Value[]): IndexableFilter {
  const [value, option] = values;
  const elementPath = [...path, anyElement] as const;
  switch (name) {
    case "STARTSWITH":
    case "STRINGEQUALS":
      if (values.length > 1 && option !== false) return everyItem;
      if (typeof value !== "string") return noItem;
      return name === "STARTSWITH" ? prefixFilter(path, value) : { kind: "equals", path, value };
    case "ARRAY_CONTAINS":
      return values.length === 1 ? pathComparison("=", elementPath, value) : everyItem;
    case "ARRAY_CONTAINS_ANY":
      return valuesFilter(elementPath, values);
    case "ARRAY_CONTAINS_ALL":
      return allOf(values.map((sought) => pathComparison("=", elementPath, sought)));
    default:
      return everyItem;
  }
}

/** Where in the item a property reference leads, if it is one. The item itself is no term and has no path. */
function pathOf(expression: Expression, surroundings: Surroundings): FilterPath | undefined {
  const path = resolvePath(expression, surroundings);
  return path === undefined || path.length === 0 ? undefined : path;
}

function resolvePath(expression: Expression, surroundings: Surroundings): FilterPath | undefined {
  if (expression.kind === "identifier") return surroundings.aliases.get(expression.name);
  if (expression.kind !== "member" && expression.kind !== "index") return undefined;
  const name = propertyName(expression);
  const isElement =
    expression.kind === "index" &&
    expression.index.kind === "literal" &&
    typeof expression.index.value === "number";
  const object = name === undefined && !isElement ? undefined : resolvePath(expression.object, surroundings);
  return object && [...object, name ?? anyElement];
}
