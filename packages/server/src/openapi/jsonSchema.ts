import { partitionKeyFields } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import type { AnyEntity } from "../entity/entity.ts";

/** A JSON Schema, or what holds some by their names. */
export type JsonObject = { readonly [name: string]: unknown };

/** Schemas by their names in a document. */
export type Components = { [name: string]: JsonObject };

/** What names a schema in the document. */
export const refTo = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/**
 * A zod schema as JSON Schema. What JSON Schema cannot say, a check by a function, is left out: the server refuses more
 * than the document shows, never less.
 *
 * @param io what the schema takes, or what it gives
 */
export function toJsonSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  });
  return json;
}

/** Puts a schema among the components; parts of it that refer to each other become components of their own. */
export function addComponent(components: Components, name: string, json: JsonObject): void {
  const text = JSON.stringify(json)
    .replaceAll('"$ref":"#/$defs/', `"$ref":"#/components/schemas/${name}.`)
    .replaceAll('"$ref":"#"', `"$ref":"#/components/schemas/${name}"`);
  const { $defs = {}, ...own } = JSON.parse(text) as { readonly $defs?: Components } & JsonObject;
  components[name] = own;
  for (const [part, definition] of Object.entries($defs)) components[`${name}.${part}`] = definition;
}

/** What the service keeps with every item. */
const serviceFields = z.object({
  _etag: z
    .string()
    .describe("The version: write with it as If-Match to be sure that nothing was changed in between"),
  _ts: z.int().describe("When it was last written, in seconds since 1970"),
});

/**
 * An item as it is answered: its schema's fields, defaults and partition key filled in, its version and its time. A
 * client takes fields that it does not know: a later version may have more.
 */
export function storedSchema({ definition }: AnyEntity): JsonObject {
  const own = open(toJsonSchema(beforeTransform(definition.schema), "output"));
  const kept = open(toJsonSchema(serviceFields, "output"));
  const roots = partitionKeyFields(definition).map(({ path }) => path[0] ?? "");
  if (own["type"] !== "object") return { allOf: [own, kept] };
  const required = [own, kept].flatMap((part) => (part["required"] as string[] | undefined) ?? []);
  return {
    ...own,
    properties: { ...(own["properties"] as object), ...(kept["properties"] as object) },
    required: [...new Set([...required, ...roots])],
  };
}

/** An item as it is written. What the service keeps with it may be there, and is ignored. */
export const itemSchema = ({ definition }: AnyEntity): JsonObject => toJsonSchema(definition.schema, "input");

/** An item as it is written to its own address, which says its id and partition key: they may be left out. */
export function replacedSchema(entity: AnyEntity): JsonObject {
  const own = itemSchema(entity);
  if (own["type"] !== "object") return own;
  const said = new Set(["id", ...partitionKeyFields(entity.definition).map(({ path }) => path[0] ?? "")]);
  const required = ((own["required"] as string[] | undefined) ?? []).filter((name) => !said.has(name));
  return { ...own, required };
}

/** A patch as a request's body has it: beside its changes it may say for which item it is meant. */
export function patchBodySchema({ patch, filter }: AnyEntity): JsonObject {
  const own = toJsonSchema(patch, "input");
  return {
    ...own,
    description: "The changes, and `where`: a condition that the item has to fulfil",
    properties: { ...(own["properties"] as object), where: toJsonSchema(filter, "input") },
  };
}

/** The schema before a transform, which shows nothing of what it gives. */
function beforeTransform(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodPipe ? beforeTransform(schema.in as z.ZodType) : schema;
}

const open = ({ additionalProperties, ...json }: JsonObject): JsonObject => json;
