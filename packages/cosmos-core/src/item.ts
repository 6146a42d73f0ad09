import { z } from "zod";
import { defineContainer } from "./definition/defineContainer.ts";
import { writableIdRules } from "./definition/idRules.ts";
import { isJsonObject, type Json, maxJsonDepth } from "./definition/json.ts";

/** Bytes of UTF-8 that an id may have. Source: Learn, "Azure Cosmos DB service quotas", per-item limits. */
const maxIdBytes = 1_023;

/** Bytes of UTF-8 that a partition key may have. Source: the same. */
const maxPartitionKeyBytes = 2_048;

const bytes = (value: string): number => new TextEncoder().encode(value).length;

const wellFormed = z
  .string()
  .refine((value) => value.isWellFormed(), "has half a surrogate pair: it is not valid Unicode");

/**
 * An item's id: 1 to 1,023 bytes of UTF-8, none of `/ \ ? #`, no space at its end: what the SDK and the service
 * refuse. White space only is refused too, since the SDK writes such an item and then does not read it
 * (helper.js, validateItemResourceId), and `.` and `..`, since URLs drop them as path segments.
 */
export const itemId = wellFormed
  .min(1, "must not be empty")
  .refine((id) => bytes(id) <= maxIdBytes, `is longer than ${maxIdBytes} bytes`)
  .refine(writableIdRules.characters.holds, writableIdRules.characters.message)
  .refine(writableIdRules.end.holds, writableIdRules.end.message)
  .refine((id) => !/^\s+$/.test(id), "must not be white space only")
  .refine((id) => id !== "." && id !== "..", "must not be . or ..")
  .describe("The item's id, unique within its partition key");

/** An item's partition key: up to 2,048 bytes of UTF-8. */
export const itemPartitionKey = wellFormed
  .refine((pk) => bytes(pk) <= maxPartitionKeyBytes, `is longer than ${maxPartitionKeyBytes} bytes`)
  .describe("The partition key; the id when it is left out");

const data = z
  .custom<{ [name: string]: Json }>(
    isJsonObject,
    `has to be a JSON object, nested at most ${maxJsonDepth} levels deep`,
  )
  .meta({ type: "object", additionalProperties: true })
  .describe("Any JSON object");

const seconds = z
  .int("has to be a whole number of seconds")
  .refine(
    (ttl) => ttl === -1 || (ttl > 0 && ttl <= 2_147_483_647),
    "has to be -1 (for ever) or 1 to 2147483647",
  )
  .describe("Time to live in seconds after the last write; -1 for ever");

/** An item's fields, without the default of `pk`: for schemas that add fields. */
export const itemFields = {
  id: itemId,
  pk: itemPartitionKey.optional(),
  name: wellFormed.default("unnamed").describe("The item's name"),
  tags: z.array(wellFormed).optional().describe("Labels"),
  data: data.optional(),
  ttl: seconds.optional(),
} as const;

/** Fills in the partition key: the id, when it is left out. */
export const withPartitionKey = <Value extends { id: string; pk?: string | undefined }>({
  id,
  pk = id,
  ...rest
}: Value): Omit<Value, "id" | "pk"> & { id: string; pk: string } => ({ id, pk, ...rest });

/** An item as it is written. Fields that it does not name are refused. */
export const itemSchema = z.strictObject(itemFields).transform(withPartitionKey);

/** What names an item: its id, and its partition key where that is not the id. */
export const itemKey = z
  .strictObject({ id: itemId, pk: itemPartitionKey.optional() })
  .transform(withPartitionKey);

/** An item, defaults filled in. */
export type Item = z.output<typeof itemSchema>;

/** The container of items. */
export const items = defineContainer({ id: "items", partitionKey: "/pk", schema: itemSchema, ttl: -1 });
