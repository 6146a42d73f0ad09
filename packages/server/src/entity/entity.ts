import type {
  ContainerDefinition,
  EntityTypes,
  Filter,
  ItemBase,
  KeyOf,
  Ordering,
  PartitionKeyPaths,
  PartitionKeyPrefix,
  Patch,
} from "@cosmos-trpc/cosmos-core";
import {
  filterSchema,
  keySchema,
  orderBySchema,
  partitionKeyPrefixSchema,
  patchSchema,
} from "@cosmos-trpc/cosmos-core/schema";
import type { z } from "zod";

/** What is served under one name: a container's definition, and the schemas of what callers send. */
export interface Entity<Types extends EntityTypes> {
  readonly definition: ContainerDefinition<z.ZodType<Types["item"], Types["input"]>>;
  readonly key: z.ZodType<Types["key"], Types["keyInput"]>;
  readonly partitionKeyPrefix: z.ZodType<Types["partitionKeyPrefix"], Types["partitionKeyPrefix"]>;
  readonly filter: z.ZodType<Filter<Types["item"]>, Filter<Types["item"]>>;
  readonly order: z.ZodType<Types["order"], Types["order"]>;
  readonly patch: z.ZodType<Patch<Types["item"]>, Patch<Types["item"]>>;
}

/** Any entity, for what asks only for its structure. */
// biome-ignore lint/suspicious/noExplicitAny: nothing else stands for every entity, since schemas take and give
export type AnyEntity = Entity<any>;

/** Entities by the names under which they are served. */
export type Entities = Readonly<Record<string, AnyEntity>>;

/**
 * Makes of a container's definition what its procedures, its plain HTTP routes and their description need.
 *
 * @param options.key the schema of an item's key, where a caller may leave something out that the item's schema fills in
 * @example
 * const orders = defineContainer({ id: "orders", partitionKey: "/customer", schema: z.strictObject({ … }) });
 * export const entities = { orders: entity(orders) };
 */
export function entity<
  Schema extends z.ZodType<ItemBase>,
  Paths extends PartitionKeyPaths,
  Order extends Ordering,
  KeyInput = KeyOf<z.output<Schema>, Paths>,
>(
  definition: ContainerDefinition<Schema, Paths, Order>,
  options: { readonly key?: z.ZodType<KeyOf<z.output<Schema>, Paths>, KeyInput> } = {},
): Entity<{
  item: z.output<Schema>;
  input: z.input<Schema>;
  key: KeyOf<z.output<Schema>, Paths>;
  keyInput: KeyInput;
  partitionKeyPrefix: PartitionKeyPrefix<z.output<Schema>, Paths>;
  order: Order;
}> {
  type Item = z.output<Schema>;
  const erased = definition as unknown as ContainerDefinition<z.ZodType<Item, z.input<Schema>>>;
  return {
    definition: erased,
    key: (options.key ?? keySchema(definition)) as z.ZodType<KeyOf<Item, Paths>, KeyInput>,
    partitionKeyPrefix: partitionKeyPrefixSchema(definition),
    filter: filterSchema<Item>(erased),
    order: orderBySchema<Order>(definition),
    patch: patchSchema<Item>(erased),
  };
}
