import type { ProcedureManifest } from "@cosmos-trpc/base";
import {
  bulkSchema,
  failureSchema,
  indexUseSchema,
  outcomesSchema,
  pageSchema,
} from "../openapi/answerSchemas.ts";
import { itemSchema, type JsonObject, storedSchema, toJsonSchema } from "../openapi/jsonSchema.ts";
import type { AnyEntity } from "./entity.ts";
import { entityInputs } from "./entityInputs.ts";

/** What the manifest says of an entity's own procedure, beside its type; `undefined` for any other. */
export function describeEntityProcedure(
  entity: AnyEntity,
  name: string,
): Omit<ProcedureManifest, "type"> | undefined {
  const inputs = entityInputs(entity);
  const item = itemSchema(entity);
  const stored = storedSchema(entity);
  const key = toJsonSchema(entity.key, "input");
  const options = toJsonSchema(inputs.writeOptions, "input");

  /** An argument alone, or a tuple of it and what may follow. */
  const withOptions = (first: JsonObject): JsonObject => ({
    anyOf: [first, { type: "array", prefixItems: [first, options], items: false, minItems: 1 }],
  });
  const outcomes = (success: string, schema: JsonObject): JsonObject =>
    outcomesSchema(success, schema, failure);

  const described: Readonly<Record<string, Omit<ProcedureManifest, "type">>> = {
    get: { description: "Reads an item by its key", input: key, output: stored },
    getMany: {
      description: "Reads many items by their keys: an answer for each, in their order",
      input: toJsonSchema(inputs.getMany, "input"),
      output: outcomes("item", stored),
    },
    create: { description: "Writes an item that is not there", input: item, output: stored },
    upsert: {
      description: "Writes an item, whether it is there or not",
      input: withOptions(item),
      output: stored,
      isIdempotent: true,
    },
    replace: {
      description: "Writes over an item that is there",
      input: withOptions(item),
      output: stored,
      isIdempotent: true,
    },
    patch: {
      description: "Changes parts of an item",
      input: {
        type: "array",
        prefixItems: [key, toJsonSchema(entity.patch, "input"), toJsonSchema(inputs.patchOptions, "input")],
        items: false,
        minItems: 2,
      },
      output: stored,
    },
    delete: { description: "Deletes an item", input: withOptions(key) },
    list: {
      description: "A page of items, by filters and in an order that an index serves",
      input: toJsonSchema(inputs.list, "input"),
      output: pageSchema(stored, toJsonSchema(indexUseSchema, "output")),
    },
    bulk: {
      description: "Upserts many items: an outcome for each, in their order",
      input: bulkSchema(item),
      output: outcomes("_etag", { type: "string" }),
    },
    watch: {
      description: "Live changes of items; deletes are not among them",
      input: toJsonSchema(inputs.watch, "input"),
      output: {
        type: "object",
        properties: { items: { type: "array", items: stored } },
        required: ["items"],
      },
    },
  };
  return Object.hasOwn(described, name) ? described[name] : undefined;
}

const failure = toJsonSchema(failureSchema, "output");
