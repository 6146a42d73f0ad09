import {
  type ColumnManifest,
  type ContainerManifest,
  type EntityManifest,
  type FilterPathManifest,
  type JsonPath,
  pathText,
  type ScalarKind,
} from "@cosmos-trpc/base";
import { z } from "zod";
import { type AnyDefinition, partitionKeyPaths } from "./containerDefinition.ts";
import { definitionPath } from "./containerPath.ts";
import { type FieldShape, shapeAt } from "./fieldShape.ts";
import { filterOperators, readFilter } from "./filter.ts";
import { readOrder } from "./ordering.ts";

/** The service's own properties that items are answered with. */
const serviceColumns: readonly ColumnManifest[] = [
  { name: "_etag", kinds: ["string"], description: "The version" },
  { name: "_ts", kinds: ["number"], description: "When it was last written, in seconds since 1970" },
].map(({ name, kinds, description }) => ({
  name,
  path: [name],
  kinds: kinds as ScalarKind[],
  isObject: false,
  isOpen: false,
  isOptional: true,
  isReadOnly: true,
  description,
}));

/**
 * A container as data: its fields, what may be asked of them, the orders that its index serves, and the container that
 * the service has. All of it is found by asking what checks requests.
 */
export function describeContainer(
  definition: AnyDefinition,
): Pick<EntityManifest, "columns" | "container" | "filters" | "orders"> {
  const fields = fieldsOf(definition.schema);
  const written = z.toJSONSchema(definition.schema, { io: "input", unrepresentable: "any" });
  const paths = [...fields.map(({ path }) => path), ["_ts"]];
  return {
    columns: [...fields.map((field) => columnOf(field, written)), ...serviceColumns],
    container: containerManifest(definition),
    filters: paths.flatMap((path) => filterPath(definition, path)),
    orders: {
      single: paths.map(pathText).filter((name) => isServed(definition, [[name, "asc"]])),
      composite: (definition.indexing?.compositeIndexes ?? [])
        .map((index) =>
          index.map(
            ({ path, order }) =>
              [pathText(definitionPath(path)), order === "descending" ? "desc" : "asc"] as const,
          ),
        )
        .filter((order) => isServed(definition, order)),
    },
  };
}

/** What the service keeps of a definition. */
export function containerManifest(definition: AnyDefinition): ContainerManifest {
  const paths = [...partitionKeyPaths(definition)];
  return {
    id: definition.id,
    partitionKey: { paths, kind: paths.length === 1 ? "Hash" : "MultiHash", version: 2 },
    ...(definition.indexing === undefined
      ? {}
      : { indexingPolicy: definition.indexing as NonNullable<ContainerManifest["indexingPolicy"]> }),
    ...(definition.ttl === undefined ? {} : { defaultTtl: definition.ttl }),
  };
}

interface Field {
  readonly path: JsonPath;
  readonly shape: FieldShape;
}

/**
 * The fields of an item, those of an object in its place. A schema that has itself inside of it is not gone into again.
 *
 * @param around the schemas that lead here
 */
function fieldsOf(
  schema: AnyDefinition["schema"],
  path: JsonPath = [],
  around: readonly unknown[] = [],
): Field[] {
  return (shapeAt(schema, path)?.names ?? []).flatMap((name) => {
    const inner = [...path, name];
    const shape = shapeAt(schema, inner);
    if (shape === undefined) return [];
    const isAround = shape.schemas.some((one) => around.includes(one));
    const below = isAround || shape.isOpen ? [] : fieldsOf(schema, inner, [...around, ...shape.schemas]);
    return below.length === 0 ? [{ path: inner, shape }] : below;
  });
}

function columnOf({ path, shape }: Field, written: z.core.JSONSchema.JSONSchema): ColumnManifest {
  const { scalars, elements, isObject, isOpen, schemas } = shape;
  const description = schemas
    .map((schema) => z.toJSONSchema(schema, { unrepresentable: "any" }).description)
    .find((text) => text !== undefined);
  return {
    name: pathText(path),
    path,
    kinds: [...scalars],
    ...(elements === undefined ? {} : { elements: [...elements.scalars] }),
    isObject,
    isOpen,
    isOptional: mayBeLeftOut(written, path) ?? shape.isOptional,
    isReadOnly: false,
    ...(description === undefined ? {} : { description }),
  };
}

/** Whether an item that is written may lack a field; `undefined` where the schema says it otherwise than by `required`. */
function mayBeLeftOut(
  { properties, required = [] }: z.core.JSONSchema.JSONSchema,
  [name = "", ...rest]: JsonPath,
): boolean | undefined {
  const inner = properties?.[name];
  if (typeof inner !== "object") return undefined;
  if (rest.length === 0) return !required.includes(name);
  const below = mayBeLeftOut(inner, rest);
  return below === undefined ? undefined : below || !required.includes(name);
}

/** What may stand for a value of each kind, in a question about operators. */
const samples: Readonly<Record<ScalarKind, unknown>> = { string: "a", number: 1, boolean: true, null: null };

function filterPath(definition: AnyDefinition, path: JsonPath): FilterPathManifest[] {
  const name = pathText(path);
  const shape = path[0] === "_ts" ? undefined : shapeAt(definition.schema, path);
  const values = Object.values(samples);
  // Of objects in a list it is asked for one with a field of some value.
  const objects = (shape?.elements?.names ?? []).flatMap((field) =>
    values.map((value) => ({ [field]: value })),
  );
  const accepted = filterOperators.filter((operator) =>
    [...values, values.slice(0, 1), values.slice(1, 2), values.slice(2, 3), [null], ...objects].some(
      (value) => !Array.isArray(readFilter(definition, { [name]: { [operator]: value } })),
    ),
  );
  if (accepted.length === 0) return [];
  return [
    {
      name,
      kinds: [...(shape?.scalars ?? (["number"] as const))],
      operators: accepted,
      isOpen: shape?.isOpen ?? false,
    },
  ];
}

const isServed = (definition: AnyDefinition, order: readonly (readonly [string, string])[]): boolean =>
  readOrder(definition, order).every((term) => "isDescending" in term);
