import { type JsonPath, pathText, putAt, type ScalarKind, valueAt } from "@cosmos-trpc/base";
import { z } from "zod";
import {
  type ContainerDefinition,
  type ItemBase,
  type PartitionKeyPaths,
  partitionKeyPaths,
} from "./containerDefinition.ts";
import { definitionPath } from "./containerPath.ts";
import { shapeAt } from "./fieldShape.ts";
import { type KeyOf, type PartitionKeyPrefix, partitionKeyPrefixReader } from "./itemKey.ts";

/** A field of a partition key. */
export interface PartitionKeyField {
  /** Its path as filters write it: `pk`, `address.city`. */
  readonly name: string;
  /** The names from an item's root down. */
  readonly path: JsonPath;
  /** What may stand there. */
  readonly kinds: ReadonlySet<ScalarKind>;
  readonly schema: z.ZodType;
}

type AnyContainer = ContainerDefinition<z.ZodType<ItemBase>>;

/** The fields of a definition's partition key, the outermost first. */
export const partitionKeyFields = (definition: AnyContainer): PartitionKeyField[] =>
  partitionKeyPaths(definition).map((text) => {
    const path = definitionPath(text);
    const { schemas = [], scalars: kinds = new Set<ScalarKind>() } = shapeAt(definition.schema, path) ?? {};
    return { name: pathText(path), path, kinds, schema: union(schemas) };
  });

/** The schema of what names an item, from outside: its id and the fields of its partition key, as the item has them. */
export function keySchema<Schema extends z.ZodType<ItemBase>, Paths extends PartitionKeyPaths>(
  definition: ContainerDefinition<Schema, Paths>,
): z.ZodType<KeyOf<z.output<Schema>, Paths>, KeyOf<z.output<Schema>, Paths>> {
  const fields: Fields = { id: union(shapeAt(definition.schema, ["id"])?.schemas ?? []) };
  for (const { path, schema } of partitionKeyFields(definition)) putAt(fields, path, schema);
  return toObject(fields) as unknown as z.ZodType<
    KeyOf<z.output<Schema>, Paths>,
    KeyOf<z.output<Schema>, Paths>
  >;
}

/** The schema of a partition key, or of the first fields of a hierarchical one, from outside. */
export function partitionKeyPrefixSchema<Schema extends z.ZodType<ItemBase>, Paths extends PartitionKeyPaths>(
  definition: ContainerDefinition<Schema, Paths>,
): z.ZodType<PartitionKeyPrefix<z.output<Schema>, Paths>, PartitionKeyPrefix<z.output<Schema>, Paths>> {
  const readPrefix = partitionKeyPrefixReader(definition as unknown as AnyContainer);
  return z
    .unknown()
    .superRefine((prefix, context) => {
      const read = readPrefix(prefix);
      if (!Array.isArray(read)) return;
      for (const { message } of read) context.addIssue({ code: "custom", message });
    })
    .describe(
      "The partition key, or of a hierarchical one an object of its first fields",
    ) as unknown as z.ZodType<
    PartitionKeyPrefix<z.output<Schema>, Paths>,
    PartitionKeyPrefix<z.output<Schema>, Paths>
  >;
}

/** Tells whether an item is of a partition key, or of the first fields of one; of any, when there is none. */
export function partitionKeyPrefixFilter(
  definition: AnyContainer,
  prefix: unknown,
): (item: ItemBase) => boolean {
  const read = partitionKeyPrefixReader(definition)(prefix);
  if (Array.isArray(read)) throw new TypeError(read.map(({ message }) => message).join("; "));
  const paths = partitionKeyPaths(definition).map(definitionPath);
  return (item) => read.values.every((value, at) => valueAt(item, paths[at] ?? []) === value);
}

type Fields = { [name: string]: z.ZodType | Fields };

const isSchema = (field: z.ZodType | Fields): field is z.ZodType => field instanceof z.ZodType;

const toObject = (fields: Fields): z.ZodType =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, isSchema(field) ? field : toObject(field)]),
    ),
  );

function union(schemas: readonly z.core.$ZodType[]): z.ZodType {
  const [only, ...more] = schemas as readonly z.ZodType[];
  if (only === undefined) return z.unknown();
  return more.length === 0 ? only : z.union([only, ...more]);
}
