import { isRecord, type JsonPath, maxNamedFields, parsePath, type ScalarKind } from "@cosmos-trpc/base";
import { z } from "zod";
import type { FieldProblem } from "../errors/errors.ts";
import type { AnyDefinition } from "./containerDefinition.ts";
import { type FieldShape, kindOf, shapeAt } from "./fieldShape.ts";
import type { PathOf, Scalar, ValueAt } from "./fieldTypes.ts";
import { isTimePath } from "./ordering.ts";

/** What can be asked of a value; of several, all have to hold. What is not there fulfils none but `ne` and `exists: false`. */
export interface Conditions<Value> {
  /** Is this value, of the same type. */
  readonly eq?: Extract<Value, Scalar>;
  /** Is anything else, or not there. */
  readonly ne?: Extract<Value, Scalar>;
  /** Comes before, of the same type; strings by code point. */
  readonly lt?: Extract<Value, string | number>;
  readonly lte?: Extract<Value, string | number>;
  readonly gt?: Extract<Value, string | number>;
  readonly gte?: Extract<Value, string | number>;
  /** Is one of these. */
  readonly in?: readonly Extract<Value, Scalar>[];
  /** A string has this text in it; an array has this element, or, of objects, one with these fields. */
  readonly contains?: Contained<Value>;
  /** A string begins with this text. */
  readonly startsWith?: Extract<Value, string>;
  /** Is there, be it null, or is not. */
  readonly exists?: boolean;
}

type Contained<Value> = Value extends string
  ? string
  : Value extends readonly (infer Element)[]
    ? Element extends Scalar
      ? Element
      : Element extends object
        ? { readonly [Name in keyof Element]?: Extract<Element[Name], Scalar> }
        : never
    : never;

/**
 * What items of a list have to be: conditions by path (`"data.size": { gt: 3 }`), and `and`, `or`, `not` of filters. All
 * that stands beside each other has to hold. A path is names with dots between them; where a name has a dot, or is
 * called `and`, `or` or `not`, a JSON pointer: `"/data/a.b"`.
 */
export type Filter<Item> = {
  readonly [Path in PathOf<Item>]?: Conditions<Exclude<ValueAt<Item, Path>, undefined>>;
} & {
  /** Pointers are checked when the filter is used. */
  readonly [Path in `/${string}`]?: Conditions<Scalar | readonly Scalar[]>;
} & {
  /** When it was last written, in seconds since 1970. */
  readonly _ts?: Conditions<number>;
  readonly and?: readonly Filter<Item>[];
  readonly or?: readonly Filter<Item>[];
  readonly not?: Filter<Item>;
};

/** How much a filter may be. */
export const filterLimits = {
  /** Levels of `and`, `or` and `not`. */
  maxDepth: 8,
  /** Conditions in all. */
  maxConditions: 100,
  /** Filters, fields and conditions in all: an `and` of a thousand empty filters has no condition. */
  maxParts: 1_000,
  /** Values of an `in`. */
  maxValues: 100,
  /** Characters of a string that is compared with. */
  maxStringLength: 4_096,
} as const;

/** A filter, checked, in a form that is compiled. */
export type FilterNode =
  | { readonly kind: "and" | "or"; readonly nodes: readonly FilterNode[] }
  | { readonly kind: "not"; readonly node: FilterNode }
  | FilterCondition;

/** One condition on the value at a stored document's path. */
type FilterCondition = { readonly path: JsonPath } & (
  | { readonly kind: "eq" | "lt" | "lte" | "gt" | "gte"; readonly value: Scalar }
  | { readonly kind: "in"; readonly values: readonly Scalar[] }
  | { readonly kind: "exists" }
  | { readonly kind: "startsWith" | "containsText"; readonly value: string }
  | { readonly kind: "containsElement"; readonly value: Scalar | Readonly<Record<string, Scalar>> }
);

/** The operators of conditions. */
export const filterOperators = [
  "eq",
  "ne",
  "lt",
  "lte",
  "gt",
  "gte",
  "in",
  "contains",
  "startsWith",
  "exists",
] as const;

type Operator = (typeof filterOperators)[number];

const isOperator = (name: string): name is Operator => (filterOperators as readonly string[]).includes(name);

/** Reads a filter from outside. @returns what it says, or everything that is wrong with it */
export function readFilter(definition: AnyDefinition, filter: unknown): FilterNode | FieldProblem[] {
  const problems: FieldProblem[] = [];
  let conditions = 0;
  let parts = 0;
  /** Counts a part. @returns whether no more is read: there is too much of it, or enough is wrong with it */
  const isOver = (): boolean => {
    parts += 1;
    if (parts === filterLimits.maxParts + 1) {
      refuse([], `has more than ${filterLimits.maxParts} filters, fields and conditions`);
    }
    return (
      parts > filterLimits.maxParts ||
      conditions > filterLimits.maxConditions ||
      problems.length >= maxNamedFields
    );
  };
  const refuse = (place: readonly string[], message: string): void => {
    problems.push({ path: place.join("."), message });
  };

  function readObject(value: unknown, place: readonly string[], depth: number): FilterNode[] {
    if (isOver()) return [];
    if (!isRecord(value)) {
      refuse(place, "has to be an object of conditions");
      return [];
    }
    if (depth > filterLimits.maxDepth) {
      refuse(place, `nests deeper than ${filterLimits.maxDepth} levels of and, or and not`);
      return [];
    }
    return Object.entries(value).flatMap(([name, part]): FilterNode[] => {
      if (part === undefined || isOver()) return [];
      const inner = [...place, name];
      if (name === "and" || name === "or") return readList(name, part, inner, depth);
      if (name === "not") return [{ kind: "not", node: all(readObject(part, inner, depth + 1)) }];
      return readField(name, part, inner);
    });
  }

  function readList(
    kind: "and" | "or",
    list: unknown,
    place: readonly string[],
    depth: number,
  ): FilterNode[] {
    if (!Array.isArray(list) || list.length === 0 || list.length > filterLimits.maxConditions) {
      refuse(place, `has to be a list of 1 to ${filterLimits.maxConditions} filters`);
      return [];
    }
    const nodes = list.map((part, index) => all(readObject(part, [...place, String(index)], depth + 1)));
    return [{ kind, nodes }];
  }

  function readField(name: string, asked: unknown, place: readonly string[]): FilterNode[] {
    const path = parsePath(name);
    if (typeof path === "string") {
      refuse(place.with(-1, name.slice(0, 100)), path);
      return [];
    }
    const shape = isTimePath(path) ? timeShape : shapeAt(definition.schema, path);
    if (shape === undefined) {
      refuse(place.with(-1, name.slice(0, 100)), "is no field of an item");
      return [];
    }
    if (!isRecord(asked)) {
      refuse(place, 'has to be an object of conditions, {"eq": …}');
      return [];
    }
    return Object.entries(asked).flatMap(([operator, value]): FilterNode[] => {
      if (value === undefined || isOver()) return [];
      conditions += 1;
      if (conditions > filterLimits.maxConditions) {
        if (conditions === filterLimits.maxConditions + 1) {
          refuse([], `has more than ${filterLimits.maxConditions} conditions`);
        }
        return [];
      }
      if (!isOperator(operator)) {
        refuse([...place, operator.slice(0, 100)], `is none of ${filterOperators.join(", ")}`);
        return [];
      }
      const node = readCondition(path, shape, operator, value);
      if (typeof node !== "string") return [node];
      refuse([...place, operator], node);
      return [];
    });
  }

  const node = filter === undefined ? all([]) : all(readObject(filter, [], 0));
  return problems.length > 0 ? problems : node;
}

const all = (nodes: readonly FilterNode[]): FilterNode => {
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : { kind: "and", nodes };
};

const timeShape: FieldShape = {
  scalars: new Set(["number"]),
  isObject: false,
  names: [],
  isOpen: false,
  isOptional: false,
  schemas: [],
};

/** @returns the condition, or what is wrong with it */
function readCondition(
  path: JsonPath,
  shape: FieldShape,
  operator: Operator,
  value: unknown,
): FilterNode | string {
  switch (operator) {
    case "exists":
      if (typeof value !== "boolean") return "has to be true or false";
      return value ? { kind: "exists", path } : { kind: "not", node: { kind: "exists", path } };
    case "in": {
      if (!Array.isArray(value) || value.length === 0 || value.length > filterLimits.maxValues) {
        return `has to be a list of 1 to ${filterLimits.maxValues} values`;
      }
      const values: Scalar[] = [];
      for (const one of value) {
        const compared = readValue(shape, one, shape.scalars);
        if (!("value" in compared)) return compared.problem;
        values.push(compared.value);
      }
      return { kind: "in", path, values };
    }
    case "contains":
      return readContains(path, shape, value);
    case "startsWith": {
      const compared = readValue(shape, value, only(shape, ["string"]));
      if (!("value" in compared)) return compared.problem;
      return { kind: operator, path, value: compared.value as string };
    }
    case "eq":
    case "ne": {
      const compared = readValue(shape, value, shape.scalars);
      if (!("value" in compared)) return compared.problem;
      const equal: FilterNode = { kind: "eq", path, value: compared.value };
      return operator === "eq" ? equal : { kind: "not", node: equal };
    }
    default: {
      const compared = readValue(shape, value, only(shape, ["string", "number"]));
      return "value" in compared ? { kind: operator, path, value: compared.value } : compared.problem;
    }
  }
}

const only = ({ scalars }: FieldShape, kinds: readonly ScalarKind[]): ReadonlySet<ScalarKind> =>
  new Set(kinds.filter((kind) => scalars.has(kind)));

function readValue(
  shape: FieldShape,
  value: unknown,
  allowed: ReadonlySet<ScalarKind>,
): { readonly value: Scalar } | { readonly problem: string } {
  if (allowed.size === 0) {
    return {
      problem: shape.elements === undefined ? "is not for this field" : "is not for an array: use contains",
    };
  }
  const kind = kindOf(value);
  if (kind === undefined || !allowed.has(kind)) return { problem: `has to be ${[...allowed].join(" or ")}` };
  if (typeof value === "string") {
    const problem = textProblem(value);
    if (problem !== undefined) return { problem };
  }
  return { value: value as Scalar };
}

function textProblem(text: string): string | undefined {
  if (text.length > filterLimits.maxStringLength)
    return `is longer than ${filterLimits.maxStringLength} characters`;
  return text.isWellFormed() ? undefined : "has half a surrogate pair: it is not valid Unicode";
}

function readContains(path: JsonPath, shape: FieldShape, value: unknown): FilterNode | string {
  const { elements } = shape;
  const nodes: FilterNode[] = [];
  const kind = kindOf(value);
  if (kind === "string" && (shape.isOpen || shape.scalars.has("string"))) {
    nodes.push({ kind: "containsText", path, value: value as string });
  }
  if (
    kind !== undefined &&
    (shape.isOpen || elements?.isOpen === true || elements?.scalars.has(kind) === true)
  ) {
    nodes.push({ kind: "containsElement", path, value: value as Scalar });
  }
  if (typeof value === "string") {
    const problem = textProblem(value);
    if (problem !== undefined) return problem;
  }
  if (isRecord(value) && (shape.isOpen || elements?.isObject === true)) {
    const fields = Object.entries(value);
    if (fields.length === 0 || fields.length > filterLimits.maxValues) {
      return `has to be an object of 1 to ${filterLimits.maxValues} fields`;
    }
    for (const [name, part] of fields) {
      const problem = kindOf(part) === undefined ? "is no string, number, boolean or null" : undefined;
      const wrong =
        problem ?? textProblem(name) ?? (typeof part === "string" ? textProblem(part) : undefined);
      if (wrong !== undefined) return `has the field ${JSON.stringify(name.slice(0, 100))}, which ${wrong}`;
    }
    nodes.push({ kind: "containsElement", path, value: value as Record<string, Scalar> });
  }
  const [first] = nodes;
  if (first === undefined) {
    return shape.scalars.has("string") || elements !== undefined
      ? "has to be what the field may contain: of a string a text, of an array an element"
      : "is for strings and arrays";
  }
  return nodes.length === 1 ? first : { kind: "or", nodes };
}

/** The schema of a filter that comes from outside. It names every field that is wrong. */
export function filterSchema<Item>(
  definition: AnyDefinition & { readonly schema: z.ZodType<Item> },
): z.ZodType<Filter<Item>, Filter<Item>> {
  return z
    .unknown()
    .superRefine((filter, context) => {
      const read = readFilter(definition, filter);
      if (!Array.isArray(read)) return;
      for (const { path, message } of read) {
        context.addIssue({ code: "custom", message, path: path === "" ? [] : [path] });
      }
    })
    .meta({
      type: "object",
      additionalProperties: true,
      description: `Conditions by path, all of which have to hold: ${filterOperators.join(", ")}; and the filters and, or, not`,
      examples: [
        { name: { startsWith: "A" }, or: [{ tags: { contains: "new" } }, { "data.size": { gt: 3 } }] },
      ],
    }) as unknown as z.ZodType<Filter<Item>, Filter<Item>>;
}
