import {
  idProblems,
  isJsonObject,
  type Json,
  maxIdBytes,
  maxJsonDepth,
  maxPartitionKeyBytes,
  partitionKeyProblems,
} from "@cosmos-trpc/base";
import { z } from "zod";
import { defineContainer } from "./definition/defineContainer.ts";

const wellFormed = z
  .string()
  .refine((value) => value.isWellFormed(), "has half a surrogate pair: it is not valid Unicode");

/** A text that rules hold for, by what they say is wrong with it. */
const ruled = (problemsOf: (text: string) => readonly string[]) =>
  z.string().check(({ value, issues }) => {
    for (const message of problemsOf(value)) issues.push({ code: "custom", message, input: value });
  });

/** An item's id, by the rules that hold for every container's. */
export const itemId = ruled(idProblems)
  // JSON Schema counts characters, where the rules count bytes.
  .meta({ minLength: 1, maxLength: maxIdBytes, pattern: String.raw`^(?!\.\.?$)(?!\s+$)[^/\\?#]*[^/\\?# ]$` })
  .describe("The item's id, unique within its partition key");

/** An item's partition key: up to 2,048 bytes of UTF-8. */
export const itemPartitionKey = ruled(partitionKeyProblems)
  .meta({ maxLength: maxPartitionKeyBytes })
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
  .meta({ minimum: -1, maximum: 2_147_483_647 })
  .describe("Time to live in seconds after the last write; -1 for ever");

/** An item's fields, without the default of `pk`: for schemas that add fields. */
export const itemFields = {
  id: itemId,
  pk: itemPartitionKey.optional(),
  name: wellFormed.default("unnamed").describe("The item's name"),
  tags: z.array(wellFormed).max(1_000, "has to have at most 1000 elements").optional().describe("Labels"),
  data: data.optional(),
  ttl: seconds.optional(),
} as const;

/** Fills in the partition key: the id, when it is left out. */
export function withPartitionKey<Value extends { id: string; pk?: string | undefined }>(
  value: Value,
): Omit<Value, "id" | "pk"> & { id: string; pk: string } {
  // What has one, as every item that is read, is not copied.
  if (value.pk !== undefined) return value as Value & { pk: string };
  const { id, pk = id, ...rest } = value;
  return { id, pk, ...rest };
}

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
