import type { EntityTypes, Filter, Patch } from "@cosmos-trpc/cosmos-core";
import { listLimit, maxCursorLength } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import { argumentTuple } from "./argumentTuple.ts";
import type { Entity } from "./entity.ts";

/** Keys that one `getMany` may have, and items that one `bulk` may have. */
export const maxKeys = 1_000;
export const maxBulkItems = 1_000;

/** The version to write over. It travels in a header: what could not is no etag. */
const ifMatch = z
  .string()
  .min(1, "must not be empty")
  .regex(/^[\x21-\x7e]{0,256}$/, "is no etag")
  .optional()
  .describe("Write only over the version of this etag, with or without its quotes; * for any version");

const writeOptions = z.strictObject({ ifMatch });

const cursor = (meaning: string) =>
  z
    .string()
    .max(maxCursorLength, `is longer than ${maxCursorLength} characters`)
    .optional()
    .describe(meaning);

const since = z
  .union([z.enum(["beginning", "now"]), z.iso.datetime({ offset: true })], {
    error: 'has to be "beginning", "now" or a time as ISO 8601: 2026-01-31T12:00:00Z',
  })
  .default("now")
  .describe("Where a watch begins that has no last event: at the beginning, now, or at a time");

type WriteOptions = z.input<typeof writeOptions>;

/** The schemas of what an entity's procedures take. Items are not checked here: the store puts every write through the schema. */
export function entityInputs<Types extends EntityTypes>({
  key,
  partitionKeyPrefix,
  filter,
  order,
  patch,
}: Pick<Entity<Types>, "key" | "partitionKeyPrefix" | "filter" | "order" | "patch">) {
  type Input = Types["input"];
  type Item = Types["item"];
  const item = z.unknown() as unknown as z.ZodType<Input, Input>;
  const patchOptions = z.strictObject({
    where: filter.optional().describe("Change only an item for which this holds"),
    ifMatch,
  });
  type PatchOptions = { where?: Filter<Item> | undefined } & WriteOptions;
  return {
    item,
    key,
    /** An item to write; where there are options, both in a tuple. */
    write: argumentTuple<Input | [item: Input, options?: WriteOptions], [typeof item, typeof optional]>(
      "an item, or [item, { ifMatch }]",
      1,
      [item, optional],
    ),
    delete: argumentTuple<
      Types["keyInput"] | [key: Types["keyInput"], options?: WriteOptions],
      [typeof key, typeof optional]
    >("a key, or [key, { ifMatch }]", 1, [key, optional]),
    patch: argumentTuple<
      [key: Types["keyInput"], patch: Patch<Item>, options?: PatchOptions],
      [typeof key, typeof patch, z.ZodOptional<typeof patchOptions>]
    >("[key, patch] or [key, patch, { where, ifMatch }]", 2, [key, patch, patchOptions.optional()]),
    writeOptions,
    patchOptions,
    getMany: z
      .array(key)
      .max(maxKeys, `has more than ${maxKeys} keys: ask for at most ${maxKeys} at a time`)
      .describe("What names each item"),
    list: z
      .strictObject({
        pk: partitionKeyPrefix.optional(),
        where: filter.optional(),
        orderBy: order.optional(),
        limit: listLimit.optional(),
        cursor: cursor("Where the page before ended: the rest of the request has to be the same"),
        explain: z
          .boolean()
          .optional()
          .describe("Also say which indexes the query used, and which would help"),
      })
      .optional(),
    /** Items are checked one by one: a wrong one is its own outcome. */
    bulk: z.strictObject({
      items: z
        .array(item)
        .max(maxBulkItems, `has more than ${maxBulkItems} items: send at most ${maxBulkItems} at a time`)
        .describe("Items to upsert"),
    }),
    watch: z
      .strictObject({
        pk: partitionKeyPrefix.optional(),
        since,
        lastEventId: cursor("The id of the last event that was received: what comes after it follows"),
      })
      .prefault({}),
  };
}

const optional = writeOptions.optional();
