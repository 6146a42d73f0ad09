import { type JsonPath, pointerNames, type ScalarKind } from "@cosmos-trpc/base";
import { z } from "zod";

type AnySchema = z.core.$ZodType;

/** What a schema lets stand at a path. */
export interface FieldShape {
  readonly scalars: ReadonlySet<ScalarKind>;
  /** Whether it may be an array, and of what. */
  readonly elements?: FieldShape | undefined;
  /** Whether it may be an object, of fields that are declared. */
  readonly isObject: boolean;
  /** The names of these fields. */
  readonly names: readonly string[];
  /** Whether it may be any JSON: nothing is known of it, nor of what is below it. */
  readonly isOpen: boolean;
  readonly isOptional: boolean;
  /** The schemas that values here have to satisfy, one of them; empty below what is open. */
  readonly schemas: readonly AnySchema[];
}

const open: FieldShape = {
  scalars: new Set(["string", "number", "boolean", "null"]),
  isObject: true,
  names: [],
  isOpen: true,
  isOptional: true,
  schemas: [],
};

/** Paths whose shapes are kept of a schema. They come from outside, and an open schema has any number of them. */
const maxKnownPaths = 1_000;

/** What a schema lets stand at a path; `undefined` when it declares no such path. */
export function shapeAt(schema: AnySchema, path: JsonPath): FieldShape | undefined {
  const root = nodeOf(schema);
  const { shapes } = root.document;
  const name = path.join("\0");
  if (shapes.has(name)) return shapes.get(name);
  const shape = findShape(root, path);
  if (shapes.size < maxKnownPaths) shapes.set(name, shape);
  return shape;
}

function findShape(root: Node, path: JsonPath): FieldShape | undefined {
  let level: readonly Node[] = [root];
  for (const name of path) {
    const bare = level.flatMap((node) => alternatives(node));
    if (bare.some(isOpen)) return open;
    level = bare.flatMap((node) => child(node, name));
    if (level.length === 0) return undefined;
  }
  return shapeOf(level);
}

/** A part of a JSON Schema, with the zod schema behind each part. */
interface SchemaPart extends z.core.JSONSchema.BaseSchema {
  /** The zod schema, by its index in the document. */
  readonly [zodKey]?: number;
  /** The zod schema whose values a transform takes, by its index. */
  readonly [takenKey]?: number;
}

const zodKey = "x-zod";
const takenKey = "x-taken";

/** What zod makes of a schema: its JSON Schema, and the schemas that its parts were made of. */
interface SchemaDocument {
  readonly root: SchemaPart;
  readonly schemas: readonly AnySchema[];
  /** What was found already, by path. */
  readonly shapes: Map<string, FieldShape | undefined>;
}

interface Node {
  readonly json: SchemaPart;
  readonly document: SchemaDocument;
}

const documents = new WeakMap<AnySchema, SchemaDocument>();

/**
 * The JSON Schema of what a schema makes of its input, which is what is stored: zod itself says there what each of its
 * types and wrappers comes to, those of later versions too. Of a transform it cannot say anything: what the transform
 * takes stands for what it makes.
 */
function nodeOf(schema: AnySchema): Node {
  let document = documents.get(schema);
  if (document === undefined) {
    const schemas: AnySchema[] = [];
    const root = z.toJSONSchema(schema, {
      io: "output",
      unrepresentable: "any",
      // Without what `.meta()` says, which may be less than the schema takes.
      metadata: z.registry(),
      override: ({ zodSchema, jsonSchema }) => {
        jsonSchema[zodKey] = schemas.push(zodSchema) - 1;
        if (zodSchema instanceof z.core.$ZodPipe && zodSchema._zod.def.out instanceof z.core.$ZodTransform) {
          jsonSchema[takenKey] = schemas.push(zodSchema._zod.def.in) - 1;
        }
      },
    });
    document = { root: root as SchemaPart, schemas, shapes: new Map() };
    documents.set(schema, document);
  }
  return { json: document.root, document };
}

/** The parts under references and in unions and intersections, down to those that say what a value is. */
function alternatives(node: Node, seen: readonly SchemaPart[] = []): Node[] {
  const { json, document } = node;
  if (seen.includes(json)) return [];
  const inner = (part: SchemaPart | Node): Node[] =>
    alternatives("document" in part ? (part as Node) : { json: part as SchemaPart, document }, [
      ...seen,
      json,
    ]);
  const taken = json[takenKey];
  if (taken !== undefined) return inner(nodeOf(document.schemas[taken] as AnySchema));
  const parts = [json.anyOf, json.oneOf, json.allOf].flatMap((list) => (list ?? []) as SchemaPart[]);
  if (json.$ref !== undefined) parts.push(referenced(json.$ref, document.root));
  return parts.length > 0 ? parts.flatMap(inner) : [node];
}

/** `#`, or `#/$defs/name`. */
function referenced(reference: string, root: SchemaPart): SchemaPart {
  const [, name] = pointerNames(reference.slice(1));
  return name === undefined ? root : (root.$defs?.[name] as SchemaPart);
}

/** Whether a part says nothing of its values. */
const isOpen = ({ json }: Node): boolean =>
  json.type === undefined && json.enum === undefined && json.const === undefined && json.not === undefined;

function child({ json, document }: Node, name: string): Node[] {
  if (json.type !== "object") return [];
  const declared = Object.hasOwn(json.properties ?? {}, name) ? json.properties?.[name] : undefined;
  const others = declared === undefined ? [json.additionalProperties, ...patternsOf(json)] : [declared];
  return others.filter(isPart).map((part) => ({ json: part, document }));
}

const patternsOf = ({ patternProperties = {} }: SchemaPart): unknown[] => Object.values(patternProperties);

const isPart = (part: unknown): part is SchemaPart => typeof part === "object" && part !== null;

const schemasOf = (nodes: readonly Node[]): AnySchema[] =>
  nodes.flatMap(({ json, document: { schemas, root } }) => {
    const at = json[zodKey] ?? (json.$ref === undefined ? undefined : referenced(json.$ref, root)[zodKey]);
    return at === undefined ? [] : [schemas[at] as AnySchema];
  });

function shapeOf(nodes: readonly Node[]): FieldShape {
  const bare = nodes.flatMap((node) => alternatives(node));
  const schemas = schemasOf(nodes);
  const isOptional = [...schemas, ...schemasOf(bare)].some(({ _zod }) => _zod.optout === "optional");
  if (bare.some(isOpen)) return { ...open, isOptional, schemas };
  const elements = bare.flatMap(({ json, document }) =>
    [json.items, json.prefixItems]
      .flat()
      .filter(isPart)
      .map((part) => ({ json: part, document })),
  );
  let elementShape: FieldShape | undefined;
  return {
    scalars: new Set(bare.flatMap(({ json }) => scalarsOf(json))),
    // A schema may have itself in its elements: they are looked at when they are asked for.
    get elements() {
      if (elements.length > 0) elementShape ??= shapeOf(elements);
      return elementShape;
    },
    isObject: bare.some(({ json }) => json.type === "object"),
    names: [...new Set(bare.flatMap(({ json }) => Object.keys(json.properties ?? {})))],
    isOpen: false,
    isOptional,
    schemas,
  };
}

/** What kind of scalar a value is; `undefined` for what is none that JSON has. */
export function kindOf(value: unknown): ScalarKind | undefined {
  if (value === null) return "null";
  const type = typeof value;
  if (type === "string" || type === "boolean") return type;
  return Number.isFinite(value) ? "number" : undefined;
}

function scalarsOf({ type, enum: values, const: constant }: SchemaPart): ScalarKind[] {
  const said = values ?? (constant === undefined ? undefined : [constant]);
  if (said !== undefined) return said.flatMap((value) => kindOf(value) ?? []);
  if (type === "integer") return ["number"];
  return type === "string" || type === "number" || type === "boolean" || type === "null" ? [type] : [];
}
