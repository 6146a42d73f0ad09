import type { JsonObject } from "./jsonSchema.ts";

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
