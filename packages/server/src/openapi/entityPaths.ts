import { listLimit } from "@cosmos-trpc/cosmos-core/schema";
import type { AnyEntity } from "../entity/entity.ts";
import { maxBulkItems, maxKeys } from "../entity/entityInputs.ts";
import { isOfTexts, keyParameters } from "../http/entityAddress.ts";
import { bulkSchema, outcomesSchema, pageSchema } from "./answerSchemas.ts";
import { type JsonObject, refTo, toJsonSchema } from "./jsonSchema.ts";

/** The routes of an entity, as an OpenAPI document has them. */
export function entityPaths(name: string, entity: AnyEntity, path: string): Record<string, JsonObject> {
  const operation = (id: string, summary: string, more: JsonObject): JsonObject => ({
    operationId: `${name}.${id}`,
    summary,
    tags: [name],
    ...more,
  });
  const item = refTo(`${name}.StoredItem`);
  const partitionKey = partitionKeyParameters(entity);
  const outcomes = (success: string, schema: JsonObject): JsonObject =>
    outcomesSchema(success, schema, refTo("Failure"));

  return {
    [path]: {
      get: operation("list", "A page of items, by filters and in an order that an index serves", {
        parameters: [...partitionKey(false), ...listParameters(name)],
        responses: {
          200: answer("The page; Link has the next one's address", pageSchema(item, refTo("IndexUse")), {
            Link: { schema: { type: "string" } },
          }),
          ...failed,
        },
      }),
      post: operation("upsert", "Writes an item, whether it is there or not", {
        description:
          "With `If-Match` only over that version; with `If-None-Match: *` only where there is none.",
        parameters: [ifMatch, ifNoneMatch("*: only where there is no such item")],
        requestBody: body(refTo(`${name}.Item`)),
        responses: {
          201: answer("Written", item, { ETag: header("ETag"), Location: header("Location") }),
          ...failed,
        },
      }),
    },
    [`${path}/{id}`]: {
      parameters: [idParameter(entity), ...partitionKey(true)],
      get: operation("get", "Point read of one item", {
        parameters: [ifMatch, ifNoneMatch("Answer 304 while the item has one of these versions")],
        responses: {
          200: answer("The item", item, { ETag: header("ETag") }),
          304: {
            description: "The item has that version still",
            headers: { ...usage, ETag: header("ETag") },
          },
          ...failed,
        },
      }),
      put: operation("replace", "Writes over an item that is there", {
        description:
          "The id and the partition key may be left out of the body. With `If-None-Match: *` it creates the item instead.",
        parameters: [ifMatch, ifNoneMatch("*: create the item")],
        requestBody: body(refTo(`${name}.Replaced`)),
        responses: {
          200: answer("Replaced", item, { ETag: header("ETag") }),
          201: answer("Created", item, { ETag: header("ETag"), Location: header("Location") }),
          ...failed,
        },
      }),
      patch: operation("patch", "Changes parts of an item", {
        parameters: [ifMatch],
        requestBody: body(refTo(`${name}.Patch`)),
        responses: { 200: answer("The item as it came out", item, { ETag: header("ETag") }), ...failed },
      }),
      delete: operation("delete", "Deletes an item", {
        parameters: [ifMatch],
        responses: { 204: { description: "Deleted", headers: usage }, ...failed },
      }),
    },
    [`${path}:getMany`]: {
      post: operation("getMany", `Point reads of up to ${maxKeys} items`, {
        requestBody: body({ type: "array", items: refTo(`${name}.Key`), maxItems: maxKeys }),
        responses: {
          200: answer("An answer for each key, in their order", outcomes("item", item)),
          ...failed,
        },
      }),
    },
    [`${path}:bulk`]: {
      post: operation("bulk", `Upserts up to ${maxBulkItems} items`, {
        requestBody: body(bulkSchema(refTo(`${name}.Item`))),
        responses: {
          200: answer(
            "An outcome for each item, in their order: the version that it has now, or why it was refused",
            outcomes("_etag", { type: "string" }),
          ),
          ...failed,
        },
      }),
    },
  };
}

/** The partition key's query parameters: an item's address needs those that its key does not fill in by itself. */
const partitionKeyParameters =
  (entity: AnyEntity) =>
  (isAddress: boolean): JsonObject[] =>
    keyParameters(entity).map(({ parameter, kinds, schema }) => ({
      name: parameter,
      in: "query",
      ...(kinds.has("string") && !isOfTexts(kinds)
        ? {
            description:
              'JSON, where a text could be taken for another kind: 6 is the number and "6", with its quotes, the text',
          }
        : {}),
      required: isAddress && !entity.key.safeParse({ id: "id" }).success,
      schema: toJsonSchema(schema, "input"),
    }));

const idParameter = (entity: AnyEntity): JsonObject => {
  const { properties } = toJsonSchema(entity.key, "input") as { readonly properties?: JsonObject };
  return { name: "id", in: "path", required: true, schema: properties?.["id"] ?? { type: "string" } };
};

const listParameters = (name: string): JsonObject[] => [
  { name: "limit", in: "query", schema: toJsonSchema(listLimit, "input") },
  { name: "cursor", in: "query", description: "Where the page before ended", schema: { type: "string" } },
  {
    name: "where",
    in: "query",
    content: { "application/json": { schema: refTo(`${name}.Filter`) } },
  },
  {
    name: "orderBy",
    in: "query",
    description: 'The order: `name`, `status:asc,total:desc`, or JSON, `[["name","asc"]]`',
    schema: { type: "string" },
  },
  {
    name: "explain",
    in: "query",
    description: "Also say which indexes were used",
    schema: { type: "boolean" },
  },
];

export const header = (name: string): JsonObject => ({ $ref: `#/components/headers/${name}` });

export const usage = {
  "x-ms-request-charge": header("RequestCharge"),
  "Server-Timing": header("ServerTiming"),
};

export const failed = { default: { $ref: "#/components/responses/Problem" } };

const ifMatch: JsonObject = {
  name: "If-Match",
  in: "header",
  description: "Only over the version of this etag, or of one of several, or * for any",
  schema: { type: "string" },
};

const ifNoneMatch = (description: string): JsonObject => ({
  name: "If-None-Match",
  in: "header",
  description,
  schema: { type: "string" },
});

export const body = (schema: JsonObject): JsonObject => ({
  required: true,
  content: { "application/json": { schema } },
});

export const answer = (description: string, schema: JsonObject, headers: JsonObject = {}): JsonObject => ({
  description,
  headers: { ...usage, ...headers },
  content: { "application/json": { schema } },
});
