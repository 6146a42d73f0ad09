import type { IndexUse } from "@cosmos-trpc/cosmos-core";
import { reasons } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import { maxBulkItems } from "../entity/entityInputs.ts";
import type { JsonObject } from "./jsonSchema.ts";

const fields = z
  .array(
    z.object({
      path: z.string().describe("Where it is: data.size, tags.0; empty for the input as a whole"),
      message: z.string(),
    }),
  )
  .describe("Each field of the input that is wrong");

/** What went wrong with one of many items. */
export const failureSchema = z.object({
  message: z.string(),
  reason: z.enum(reasons).optional().describe("Why, for a program to branch on"),
  fields: fields.optional(),
  currentEtag: z.string().optional().describe("The etag that would have matched, when it is known"),
  retryAfterMs: z.number().optional().describe("How long to wait before trying again, in milliseconds"),
});

/** A problem document (RFC 9457). */
export const problemSchema = failureSchema.omit({ message: true }).extend({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string().optional(),
});

const key = z.object({ path: z.string(), order: z.enum(["ascending", "descending"]) });

const indexes = z.object({
  single: z.array(z.string()).describe("Paths: /name/?"),
  composite: z.array(z.array(key)),
});

/** Which indexes a list used. */
export const indexUseSchema = z
  .object({
    used: indexes,
    potential: indexes.describe("Those that would help"),
    suggestedCompositeIndex: z
      .array(key)
      .exactOptional()
      .describe("The composite index that would help most, as an indexing policy has it"),
  })
  .describe("Which indexes the query used, and which would help") satisfies z.ZodType<IndexUse>;

/** A page of a list. */
export const pageSchema = (item: JsonObject, indexUse: JsonObject): JsonObject => ({
  type: "object",
  properties: {
    items: { type: "array", items: item },
    cursor: { type: "string", description: "Where the next page begins; the last page has none" },
    unfit: {
      type: "integer",
      description:
        "How many documents of the page do not fit the schema, and are not among the items; absent for none",
    },
    requestCharge: { type: "number" },
    explain: indexUse,
  },
  required: ["items", "requestCharge"],
});

/** An outcome for each of many. */
export const outcomesSchema = (name: string, success: JsonObject, failure: JsonObject): JsonObject => ({
  type: "array",
  items: { oneOf: [outcome(true, name, success), outcome(false, "error", failure)] },
});

const outcome = (ok: boolean, name: string, schema: JsonObject): JsonObject => ({
  type: "object",
  properties: { ok: { const: ok }, [name]: schema, requestCharge: { type: "number" } },
  required: ["ok", name, "requestCharge"],
});

/** Items to write together. */
export const bulkSchema = (item: JsonObject): JsonObject => ({
  type: "object",
  properties: { items: { type: "array", items: item, maxItems: maxBulkItems } },
  required: ["items"],
  additionalProperties: false,
});
