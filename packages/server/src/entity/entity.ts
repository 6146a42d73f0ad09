import type {
  ContainerDefinition,
  Filter,
  ItemBase,
  KeyOf,
  Ordering,
  PartitionKeyPaths,
  Patch,
  Scope,
} from "@cosmos-trpc/cosmos-core";
import {
  filterSchema,
  keySchema,
  listLimit,
  orderBySchema,
  patchSchema,
  scopeSchema,
} from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import { maxBulkItems, maxCursorLength, maxKeys } from "./limits.ts";
import { asSubject, splitFields } from "./splitFields.ts";

/** A container's definition, by the types that its store has. */
export interface EntityDefinition<Item extends ItemBase, Key, Area, Order extends Ordering>
  extends ContainerDefinition<z.ZodType<Item>> {
  /** Only types: what names an item, what narrows a list, the orders that the index serves. */
  readonly types?: { readonly key: Key; readonly scope: Area; readonly order: Order };
}

/** The version to write over. It travels in a header: what could not is no etag. The service's etags have 38 characters with their quotes. */
export const ifMatch = z
  .string()
  .min(1, "must not be empty")
  .regex(/^[\x21-\x7e]{0,256}$/, "is no etag")
  .optional()
  .describe("Write only over the version of this etag");

const cursor = z
  .string()
  .max(maxCursorLength, `is longer than ${maxCursorLength} characters`)
  .optional()
  .describe("Where the page before ended: the rest of the request has to be the same");

const lastEventId = z
  .string()
  .max(maxCursorLength, `is longer than ${maxCursorLength} characters`)
  .optional()
  .describe("The id of the last event that was received: what comes after it follows");

const since = z
  .union([z.enum(["beginning", "now"]), z.iso.datetime({ offset: true })], {
    error: 'has to be "beginning", "now" or a time as ISO 8601: 2026-01-31T12:00:00Z',
  })
  .default("now")
  .describe("Where a watch begins that has no last event: at the beginning, now, or at a time");

/** What is served under one name: a container's definition, and the schemas of what callers send. */
export interface Entity<
  Item extends ItemBase,
  Input,
  Key extends { readonly id: string },
  KeyInput,
  Area,
  Order extends Ordering,
> extends ReturnType<typeof inputsOf<Item, Input, Key, KeyInput, Area, Order>> {
  readonly definition: EntityDefinition<Item, Key, Area, Order>;
}

/** Any entity, for what asks only for its structure. */
// biome-ignore lint/suspicious/noExplicitAny: nothing else stands for every entity, since schemas take and give
export type AnyEntity = Entity<any, any, any, any, any, any>;

/**
 * Makes of a container's definition what the router and the plain HTTP routes need.
 *
 * @param options.key the schema of an item's key, where a caller may leave something out that the item's schema fills in
 */
export function entity<
  Schema extends z.ZodType<ItemBase>,
  Paths extends PartitionKeyPaths,
  Order extends Ordering,
  KeyInput = KeyOf<z.output<Schema>, Paths>,
>(
  definition: ContainerDefinition<Schema, Paths, Order>,
  options: { readonly key?: z.ZodType<KeyOf<z.output<Schema>, Paths>, KeyInput> } = {},
): Entity<
  z.output<Schema>,
  z.input<Schema>,
  KeyOf<z.output<Schema>, Paths>,
  KeyInput,
  Scope<z.output<Schema>, Paths>,
  Order
> {
  const key = (options.key ?? keySchema(definition)) as z.ZodType<KeyOf<z.output<Schema>, Paths>, KeyInput>;
  const erased = definition as unknown as EntityDefinition<
    z.output<Schema>,
    KeyOf<z.output<Schema>, Paths>,
    Scope<z.output<Schema>, Paths>,
    Order
  >;
  return {
    definition: erased,
    ...inputsOf<
      z.output<Schema>,
      z.input<Schema>,
      KeyOf<z.output<Schema>, Paths>,
      KeyInput,
      Scope<z.output<Schema>, Paths>,
      Order
    >({
      item: definition.schema as unknown as z.ZodType<z.output<Schema>, z.input<Schema>>,
      key,
      scope: scopeSchema(definition),
      filter: filterSchema(erased),
      order: orderBySchema<Order>(definition),
      patch: patchSchema(erased),
    }),
  };
}

/** The schemas of what callers send. */
function inputsOf<
  Item extends ItemBase,
  Input,
  Key extends { readonly id: string },
  KeyInput,
  Area,
  Order extends Ordering,
>(parts: {
  readonly item: z.ZodType<Item, Input>;
  readonly key: z.ZodType<Key, KeyInput>;
  readonly scope: z.ZodType<Area, Area>;
  readonly filter: z.ZodType<Filter<Item>, Filter<Item>>;
  readonly order: z.ZodType<Order, Order>;
  readonly patch: z.ZodType<Patch<Item>, Patch<Item>>;
}) {
  const { item, key, scope, filter, order, patch } = parts;
  return {
    /** The schemas that the others are made of. */
    item,
    key,
    filter,
    patch,
    named: asSubject(key),
    keys: z
      .array(key)
      .max(maxKeys, `has more than ${maxKeys} keys: ask for at most ${maxKeys} at a time`)
      .describe("What names each item"),
    created: asSubject(item),
    /** An item to write, with the version to write over. */
    written: splitFields(item, { ifMatch }),
    deleted: splitFields(key, { ifMatch }),
    patched: splitFields(key, {
      patch: patch.describe("The changes: all of them are made, or none"),
      ifMatch,
      where: filter.optional().describe("Change only an item for which this holds"),
    }),
    listed: z
      .strictObject({
        pk: scope.optional(),
        where: filter.optional(),
        orderBy: order.optional(),
        limit: listLimit.optional(),
        cursor,
        explain: z
          .boolean()
          .optional()
          .describe("Also say which indexes the query used, and which would help"),
      })
      .optional(),
    /** Items are checked one by one: a wrong one is its own outcome. */
    bulk: z.strictObject({
      items: z
        .array(z.unknown() as unknown as z.ZodType<Input, Input>)
        .max(maxBulkItems, `has more than ${maxBulkItems} items: send at most ${maxBulkItems} at a time`)
        .describe("Items to upsert"),
    }),
    watched: z
      .strictObject({
        pk: scope.optional(),
        since,
        lastEventId,
      })
      .prefault({}),
  };
}
