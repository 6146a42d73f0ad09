import { builtInFunctions, isUnsupportedFunction } from "../functions/builtInFunctions.ts";
import {
  isArray,
  isObject,
  isScalar,
  type Json,
  type JsonObjectDraft,
  setOwnProperty,
  type Value,
} from "../json.ts";
import { queryError } from "../queryError.ts";
import type {
  CallExpression,
  Expression,
  InExpression,
  LikeExpression,
  LogicalExpression,
  ParameterExpression,
  SubqueryExpression,
} from "../syntax/ast.ts";
import { pathRoot, propertyName, sameExpression, someExpression } from "../syntax/expressions.ts";
import { printExpression } from "../syntax/printQuery.ts";
import { matchesLike, parseLikePattern } from "../values/likePattern.ts";
import {
  binaryOperations,
  compareOrdered,
  equals,
  finite,
  negate,
  unaryOperations,
} from "../values/operations.ts";
import { aggregateName } from "./aggregates.ts";
import {
  type Compilation,
  type ComputedProperty,
  type Evaluator,
  type ExpressionContext,
  noComputedProperties,
  takeSlot,
} from "./compilation.ts";
import { type Binding, lookUp, type Scope } from "./scope.ts";

/** Turns an expression into a function of the frame. @throws QueryError */
export function compileExpression(expression: Expression, context: ExpressionContext): Evaluator {
  const key = context.grouping?.keys.find((candidate) => sameExpression(candidate.expression, expression));
  if (key !== undefined) return (frame) => frame[key.slot];
  const { compilation } = context;
  const { work } = compilation;
  compilation.expressions += 1;
  switch (expression.kind) {
    case "literal": {
      const { value } = expression;
      // 1e999 is a literal, but no value that JSON can hold.
      const held = typeof value === "number" ? finite(value) : value;
      return () => held;
    }
    case "parameter": {
      const value = parameterValue(expression, context);
      return () => value;
    }
    case "identifier":
    case "member":
    case "index":
      return compileReference(expression, context);
    case "array": {
      const items = expression.items.map((item) => compileExpression(item, context));
      return (frame) => work.built(items.map((item) => item(frame)).filter((item) => item !== undefined));
    }
    case "object": {
      const properties = expression.properties.map(({ name, value }) => ({
        name,
        value: compileExpression(value, context),
      }));
      return (frame) => work.built(createObject(properties, frame));
    }
    case "unary": {
      const operate = unaryOperations[expression.operator];
      const operand = compileExpression(expression.operand, context);
      return (frame) => operate(operand(frame));
    }
    case "binary": {
      const left = compileExpression(expression.left, context);
      const right = compileExpression(expression.right, context);
      if (expression.operator === "??") {
        return (frame) => {
          const value = left(frame);
          return value === undefined ? right(frame) : value;
        };
      }
      const operate = binaryOperations[expression.operator];
      return (frame) => {
        const value = left(frame);
        if (typeof value === "object" || typeof value === "string") {
          work.visit(value);
        }
        return operate(value, right(frame));
      };
    }
    case "logical":
      return compileLogical(expression, context);
    case "in":
      return compileIn(expression, context);
    case "between": {
      const value = compileExpression(expression.value, context);
      const lower = compileExpression(expression.lower, context);
      const upper = compileExpression(expression.upper, context);
      return negatedIf(expression.negated, (frame) => isBetween(value(frame), lower(frame), upper(frame)));
    }
    case "like":
      return compileLike(expression, context);
    case "conditional": {
      const condition = compileExpression(expression.condition, context);
      const consequent = compileExpression(expression.consequent, context);
      const alternative = compileExpression(expression.alternative, context);
      return (frame) => (condition(frame) === true ? consequent(frame) : alternative(frame));
    }
    case "call":
      return compileCall(expression, context);
    case "subquery":
      return compileSubquery(expression, context);
  }
}

/** A parameter's value. @throws QueryError when there is none of that name */
export function parameterValue(
  { name, span }: ParameterExpression,
  { compilation }: Pick<ExpressionContext, "compilation">,
): Value {
  if (!compilation.parameters.has(name)) {
    throw queryError("SC2001", `Identifier '${name}' could not be resolved.`, span);
  }
  return compilation.parameters.get(name);
}

/** The properties of a row or of an object expression; undefined ones are left out. */
export function createObject(
  properties: readonly { readonly name: string; readonly value: Evaluator }[],
  frame: readonly Value[],
): Json {
  const object: JsonObjectDraft = {};
  for (const { name, value } of properties) {
    const result = value(frame as Value[]);
    if (result !== undefined) {
      setOwnProperty(object, name, result);
    }
  }
  return object;
}

/** A function that reads one property of a value; names that every object inherits need the slower check. */
export function propertyReader(name: string): (value: Value) => Value {
  const inherited = name in Object.prototype;
  return (value) => {
    if (!isObject(value) || (inherited && !Object.hasOwn(value, name))) return undefined;
    return value[name];
  };
}

/** A function that reads one element of a value. */
export function elementReader(index: number): (value: Value) => Value {
  return (value) => (isArray(value) ? value[index] : undefined);
}

function compileReference(
  expression: Extract<Expression, { kind: "identifier" | "member" | "index" }>,
  context: ExpressionContext,
): Evaluator {
  refuseUngrouped(expression, context);
  if (expression.kind === "identifier") {
    const binding = lookUp(context.scope, expression.name);
    if (binding === undefined) {
      throw queryError("SC2001", `Identifier '${expression.name}' could not be resolved.`, expression.span);
    }
    const { slot } = binding;
    return (frame) => frame[slot];
  }
  const name = propertyName(expression);
  const computed = compileComputed(expression.object, name, context);
  if (computed !== undefined) return computed;
  const object = compileExpression(expression.object, context);
  if (name !== undefined) {
    const read = propertyReader(name);
    return (frame) => read(object(frame));
  }
  const index = compileExpression(
    expression.kind === "index" ? expression.index : expression.object,
    context,
  );
  return (frame) => access(object(frame), index(frame));
}

/** A computed property of the item, which counts whatever the item itself has under its name. */
function compileComputed(
  object: Expression,
  name: string | undefined,
  { compilation, scope }: ExpressionContext,
): Evaluator | undefined {
  const property = name === undefined ? undefined : compilation.computed.get(name);
  const binding = object.kind === "identifier" ? lookUp(scope, object.name) : undefined;
  return property === undefined || binding?.isItem !== true
    ? undefined
    : compileComputedProperty(property, binding, compilation);
}

/** What computes a property of the item in a slot. Computed properties do not see each other. */
export function compileComputedProperty(
  { alias, expression }: ComputedProperty,
  binding: Binding,
  compilation: Compilation,
): Evaluator {
  const scope: Scope = { parent: undefined, bindings: new Map([[alias, binding]]) };
  const plain = { ...compilation, computed: noComputedProperties };
  return compileExpression(expression, { compilation: plain, scope, grouping: undefined });
}

function access(value: Value, index: Value): Value {
  if (typeof index === "string") {
    return isObject(value) && Object.hasOwn(value, index) ? value[index] : undefined;
  }
  return typeof index === "number" && isArray(value) ? value[index] : undefined;
}

/** SC2102, for a reference to an alias where only group keys and aggregates may stand. */
function refuseUngrouped(expression: Expression, { grouping }: ExpressionContext): void {
  const root = pathRoot(expression);
  const hasKey = grouping?.keys.some((key) =>
    someExpression(expression, (part) => sameExpression(part, key.expression)),
  );
  if (grouping !== undefined && hasKey !== true && root.kind === "identifier") {
    const message = `Property reference '${printExpression(
      expression,
    )}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`;
    throw queryError("SC2102", message, expression.span);
  }
}

/** AND and OR over true, false and undefined; anything else counts as undefined ("Logical operators"). */
function compileLogical({ operator, operands }: LogicalExpression, context: ExpressionContext): Evaluator {
  const evaluators = operands.map((operand) => compileExpression(operand, context));
  const decisive = operator === "OR";
  const [first, second] = evaluators;
  if (first !== undefined && second !== undefined && evaluators.length === 2) {
    return (frame) => {
      const left = first(frame);
      if (left === decisive) return decisive;
      const right = second(frame);
      return right === decisive
        ? decisive
        : left === !decisive && right === !decisive
          ? !decisive
          : undefined;
    };
  }
  return (frame) => {
    let result: boolean | undefined = !decisive;
    for (const evaluate of evaluators) {
      const value = evaluate(frame);
      if (value === decisive) return decisive;
      if (value !== !decisive) {
        result = undefined;
      }
    }
    return result;
  };
}

/** As `value = a OR value = b …`. Constants are looked up, so that long lists cost no more than short ones. */
function compileIn(expression: InExpression, context: ExpressionContext): Evaluator {
  const value = compileExpression(expression.value, context);
  const { work } = context.compilation;
  const constants = new Set<Json>();
  const others: Evaluator[] = [];
  let hasUndefined = false;
  for (const candidate of expression.candidates) {
    const constant =
      candidate.kind === "literal"
        ? candidate.value
        : candidate.kind === "parameter"
          ? parameterValue(candidate, context)
          : null;
    const isConstant = candidate.kind === "literal" || candidate.kind === "parameter";
    if (isConstant && constant === undefined) {
      hasUndefined = true;
    } else if (isConstant && isScalar(constant)) {
      constants.add(constant);
    } else {
      others.push(compileExpression(candidate, context));
    }
  }
  return negatedIf(expression.negated, (frame) => {
    const sought = value(frame);
    if (sought === undefined) return undefined;
    if (constants.has(sought)) return true;
    let result: boolean | undefined = hasUndefined ? undefined : false;
    for (const other of others) {
      work.visit(sought);
      const equal = equals(sought, other(frame));
      if (equal === true) return true;
      result = equal === undefined ? undefined : result;
    }
    return result;
  });
}

/** As `value >= lower AND value <= upper`. */
function isBetween(value: Value, lower: Value, upper: Value): boolean | undefined {
  const above = compareOrdered(value, lower);
  const below = compareOrdered(value, upper);
  if ((above !== undefined && above < 0) || (below !== undefined && below > 0)) return false;
  return above === undefined || below === undefined ? undefined : true;
}

function compileLike(expression: LikeExpression, context: ExpressionContext): Evaluator {
  const value = compileExpression(expression.value, context);
  const pattern = compileExpression(expression.pattern, context);
  const { work } = context.compilation;
  let lastPattern: string | undefined;
  let elements: ReturnType<typeof parseLikePattern> = [];
  return negatedIf(expression.negated, (frame) => {
    const text = value(frame);
    const currentPattern = pattern(frame);
    if (typeof text !== "string" || typeof currentPattern !== "string") return undefined;
    work.visit(text);
    if (currentPattern !== lastPattern) {
      elements = parseLikePattern(currentPattern, expression.escape);
      lastPattern = currentPattern;
    }
    return matchesLike(text, elements, work);
  });
}

function negatedIf(negated: boolean, evaluate: Evaluator): Evaluator {
  return negated ? (frame) => negate(evaluate(frame)) : evaluate;
}

function compileCall(call: CallExpression, context: ExpressionContext): Evaluator {
  if (call.udf) {
    throw queryError(undefined, "User-defined functions are not supported here.", call.span);
  }
  const aggregate = aggregateName(call);
  if (aggregate !== undefined) return compileAggregate(call, context);
  const name = call.name.toUpperCase();
  const definition = builtInFunctions.get(name);
  if (definition === undefined) {
    const message = isUnsupportedFunction(name)
      ? `The ${name} function is not supported here.`
      : `'${call.name}' is not a recognized built-in function name.`;
    throw queryError(isUnsupportedFunction(name) ? undefined : "SC2005", message, call.span);
  }
  const { minimum, maximum } = definition;
  checkArgumentCount(call, minimum, maximum);
  const { clock, work } = context.compilation;
  const { cost } = definition;
  const compute = definition.withClock?.(clock) ?? definition.evaluate;
  const evaluate = (...values: Value[]): Value => {
    for (const value of values) {
      if (typeof value === "object" || typeof value === "string") {
        work.visit(value);
      }
    }
    if (cost !== undefined) {
      work.consume(cost(...values));
    }
    const result = compute(...values);
    return typeof result === "object" ? work.built(result) : result;
  };
  const args = call.args.map((argument) => compileExpression(argument, context));
  const [first, second] = args;
  if (first === undefined) return () => evaluate();
  if (args.length === 1) return (frame) => evaluate(first(frame));
  if (second !== undefined && args.length === 2 && minimum === 2) {
    return (frame) => evaluate(first(frame), second(frame));
  }
  const optionalFrom = maximum === Number.POSITIVE_INFINITY ? maximum : minimum;
  return (frame) => {
    const values = args.map((argument) => argument(frame));
    // An optional argument that is given but undefined does not fall back to its default.
    return values.some((value, index) => index >= optionalFrom && value === undefined)
      ? undefined
      : evaluate(...values);
  };
}

/** SC2050. Source of the text: azure-cosmos-dotnet-v3, QueryPlanBaselineTests.Negative.xml. */
function checkArgumentCount(call: CallExpression, minimum: number, maximum: number): void {
  const count = call.args.length;
  if (count >= minimum && count <= maximum) return;
  const required =
    minimum === maximum
      ? `${minimum}`
      : maximum === Number.POSITIVE_INFINITY
        ? `at least ${minimum}`
        : `${minimum} to ${maximum}`;
  const message = `The ${call.name.toUpperCase()} function requires ${required} argument(s).`;
  throw queryError("SC2050", message, call.span);
}

function compileAggregate(call: CallExpression, context: ExpressionContext): Evaluator {
  const name = aggregateName(call);
  const [argument] = call.args;
  checkArgumentCount(call, 1, 1);
  if (name === undefined || argument === undefined) {
    throw new Error("Only an aggregate's call with its one argument gets here.");
  }
  const { grouping, compilation, scope } = context;
  if (grouping === undefined) {
    const message = "Aggregate functions are allowed in the SELECT clause only.";
    throw queryError(undefined, message, call.span);
  }
  const isNested = (part: Expression) => part.kind === "subquery" || aggregateName(part) !== undefined;
  if (someExpression(argument, isNested)) {
    const message =
      "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.";
    throw queryError("SC2101", message, call.span);
  }
  const slot = takeSlot(compilation);
  grouping.aggregates.push({
    name,
    slot,
    argument: compileExpression(argument, { compilation, scope, grouping: undefined }),
  });
  return (frame) => frame[slot];
}

function compileSubquery({ form, query, span }: SubqueryExpression, context: ExpressionContext): Evaluator {
  const { compilation, scope, grouping } = context;
  if (grouping !== undefined) {
    const message = "A subquery is not allowed in the SELECT clause of a query with aggregates or GROUP BY.";
    throw queryError(undefined, message, span);
  }
  const wanted = { array: Number.POSITIVE_INFINITY, exists: 1, scalar: 2 }[form];
  const rows = compilation.compileSubquery(query, scope, compilation, wanted);
  if (form === "array") return (frame) => rows(frame);
  if (form === "exists") return (frame) => rows(frame).length > 0;
  return (frame) => {
    const [row, ...more] = rows(frame);
    if (more.length > 0) {
      const message = "The cardinality of a scalar subquery result set cannot be greater than one.";
      throw queryError(undefined, message, span);
    }
    return row;
  };
}
