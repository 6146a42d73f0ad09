import type { z } from "zod";
import type { ItemPath } from "./itemPath.ts";

/** A schema as its structure shows: zod's `_zod.def`, of which each kind has some of these. */
interface SchemaDefinition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, AnySchema>>;
  readonly catchall?: AnySchema;
  readonly element?: AnySchema;
  readonly items?: readonly AnySchema[];
  readonly rest?: AnySchema | null;
  readonly innerType?: AnySchema;
  readonly in?: AnySchema;
  readonly out?: AnySchema;
  readonly options?: readonly AnySchema[];
  readonly left?: AnySchema;
  readonly right?: AnySchema;
  readonly valueType?: AnySchema;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly getter?: () => AnySchema;
}

type AnySchema = z.core.$ZodType;

/** Kinds of a value that a filter compares and an order sorts. */
export type ScalarKind = "string" | "number" | "boolean" | "null";

/** What a schema lets stand at a path. */
export interface FieldShape {
  readonly scalars: ReadonlySet<ScalarKind>;
  /** Whether it may be an array, and of what. */
  readonly elements?: FieldShape;
  /** Whether it may be an object, of fields that are declared. */
  readonly isObject: boolean;
  /** Whether it may be any JSON: nothing is known of it, nor of what is below it. */
  readonly isOpen: boolean;
  readonly isOptional: boolean;
  /** The schemas that values here have to satisfy, one of them; empty below what is open. */
  readonly schemas: readonly AnySchema[];
}

const open: FieldShape = {
  scalars: new Set(["string", "number", "boolean", "null"]),
  isObject: true,
  isOpen: true,
  isOptional: true,
  schemas: [],
};

const definitionOf = (schema: AnySchema): SchemaDefinition => schema._zod.def as unknown as SchemaDefinition;

/** What a schema lets stand at a path; `undefined` when it declares no such path. */
export function shapeAt(schema: AnySchema, path: ItemPath): FieldShape | undefined {
  let level: readonly AnySchema[] = [schema];
  for (const name of path) {
    const bare = level.flatMap(unwrap);
    if (bare.some(isOpen)) return open;
    level = bare.flatMap((container) => child(container, name));
    if (level.length === 0) return undefined;
  }
  return shapeOf(level);
}

/** The schemas under wrappers and in unions, down to those that say what a value is. */
function unwrap(schema: AnySchema): AnySchema[] {
  const { type, innerType, in: input, out, options, getter, left, right } = definitionOf(schema);
  switch (type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return innerType === undefined ? [] : unwrap(innerType);
    case "pipe": {
      // What is stored has been through the pipe; a transform shows nothing, the schema before it does.
      const isTransform = (side: AnySchema | undefined): boolean =>
        side !== undefined && definitionOf(side).type === "transform";
      const shown = isTransform(out) ? input : out;
      return shown === undefined ? [] : unwrap(shown);
    }
    case "union":
      return (options ?? []).flatMap(unwrap);
    case "intersection":
      return [left, right].flatMap((side) => (side === undefined ? [] : unwrap(side)));
    case "lazy":
      return getter === undefined ? [] : unwrap(getter());
    default:
      return [schema];
  }
}

const openTypes = new Set(["any", "unknown", "custom", "transform"]);

const isOpen = (schema: AnySchema): boolean => openTypes.has(definitionOf(schema).type);

function child(container: AnySchema, name: string): AnySchema[] {
  const { type, shape, catchall, valueType } = definitionOf(container);
  if (type === "record" && valueType !== undefined) return [valueType];
  if (type !== "object" || shape === undefined) return [];
  if (Object.hasOwn(shape, name)) return [shape[name] as AnySchema];
  return catchall === undefined || definitionOf(catchall).type === "never" ? [] : [catchall];
}

/** Whether a schema lets a value be left out, by its own word. */
const isOptional = (schema: AnySchema): boolean => {
  const { type, innerType, options, in: input, out } = definitionOf(schema);
  if (type === "optional") return true;
  if (type === "nonoptional") return false;
  // What is stored has its default.
  if (type === "default" || type === "prefault") return false;
  if (type === "union") return options?.some(isOptional) ?? false;
  if (type === "pipe") return [input, out].some((side) => side !== undefined && isOptional(side));
  return innerType === undefined ? type === "undefined" : isOptional(innerType);
};

function shapeOf(schemas: readonly AnySchema[]): FieldShape {
  const bare = schemas.flatMap(unwrap);
  const optional = schemas.some(isOptional);
  if (bare.some(isOpen)) return { ...open, isOptional: optional, schemas };
  const scalars = new Set(bare.flatMap(scalarsOf));
  if (schemas.some(isNullable)) scalars.add("null");
  const arrays = bare.flatMap((schema) => {
    const { type, element, items = [], rest } = definitionOf(schema);
    if (type === "array" && element !== undefined) return [element];
    return type === "tuple" ? [...items, ...(rest === null || rest === undefined ? [] : [rest])] : [];
  });
  return {
    scalars,
    ...(arrays.length === 0 ? {} : { elements: shapeOf(arrays) }),
    isObject: bare.some((schema) => ["object", "record"].includes(definitionOf(schema).type)),
    isOpen: false,
    isOptional: optional,
    schemas,
  };
}

function isNullable(schema: AnySchema): boolean {
  const { type, innerType, options, out } = definitionOf(schema);
  if (type === "nullable") return true;
  if (type === "union") return options?.some(isNullable) ?? false;
  if (type === "pipe") return out !== undefined && isNullable(out);
  return innerType !== undefined && isNullable(innerType);
}

const kindOf = (value: unknown): ScalarKind[] => {
  if (value === null) return ["null"];
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? [type] : [];
};

function scalarsOf(schema: AnySchema): ScalarKind[] {
  const { type, values = [], entries = {} } = definitionOf(schema);
  switch (type) {
    case "string":
    case "number":
    case "boolean":
    case "null":
      return [type];
    case "template_literal":
      return ["string"];
    case "literal":
      return values.flatMap(kindOf);
    case "enum":
      return Object.values(entries).flatMap(kindOf);
    default:
      return [];
  }
}
