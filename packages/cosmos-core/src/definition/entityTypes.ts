import type { z } from "zod";
import type { ContainerDefinition, ItemBase, Ordering, PartitionKeyPaths } from "./containerDefinition.ts";
import type { KeyOf, PartitionKeyPrefix } from "./itemKey.ts";

/** The types of a container's items, which travel together. A definition's are `TypesOf<typeof definition>`. */
export interface EntityTypes {
  /** What is read: the schema's output. */
  readonly item: ItemBase;
  /** What writes take: the schema's input. */
  readonly input: unknown;
  /** What names an item: its id and the fields of its partition key. */
  readonly key: { readonly id: string };
  /** The same as it comes from outside, where some of it may be left out. */
  readonly keyInput: unknown;
  /** What a list and the change feed are narrowed to: a partition key, or the first fields of one. */
  readonly partitionKeyPrefix: unknown;
  /** The orders that the container's index serves. */
  readonly order: Ordering;
}

/** The types of a definition's parts. */
export interface TypesOfParts<
  Schema extends z.ZodType<ItemBase>,
  Paths extends PartitionKeyPaths,
  Order extends Ordering,
> {
  readonly item: z.output<Schema>;
  readonly input: z.input<Schema>;
  readonly key: KeyOf<z.output<Schema>, Paths>;
  readonly keyInput: KeyOf<z.output<Schema>, Paths>;
  readonly partitionKeyPrefix: PartitionKeyPrefix<z.output<Schema>, Paths>;
  readonly order: Order;
}

/** The types of a container's items, inferred from its definition. */
export type TypesOf<Definition> =
  Definition extends ContainerDefinition<infer Schema, infer Paths, infer Order>
    ? TypesOfParts<Schema, Paths, Order>
    : never;
