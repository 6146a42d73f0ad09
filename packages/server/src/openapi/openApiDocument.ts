import type { AnyEntity } from "../entity/entity.ts";
import { entityPaths } from "./entityPaths.ts";
import { indexUseSchema } from "./indexUseSchema.ts";
import {
  addComponent,
  bodySchema,
  type Components,
  type JsonObject,
  patchBodySchema,
  refTo,
  storedSchema,
  toJsonSchema,
} from "./jsonSchema.ts";
import { failureSchema, problemSchema } from "./problemSchema.ts";

/**
 * The plain HTTP routes as an OpenAPI document (3.1), made of the schemas that check the requests.
 *
 * @param path where the routes are; each entity's are below its name
 */
export function openApiDocument(entities: Readonly<Record<string, AnyEntity>>, path: string): JsonObject {
  const schemas: Components = {};
  addComponent(schemas, "Problem", toJsonSchema(problemSchema, "output"));
  addComponent(schemas, "Failure", toJsonSchema(failureSchema, "output"));
  addComponent(schemas, "IndexUse", toJsonSchema(indexUseSchema, "output"));
  const paths: Record<string, JsonObject> = {};
  for (const [name, entity] of Object.entries(entities)) {
    addComponent(schemas, `${name}.Item`, toJsonSchema(entity.item, "input"));
    addComponent(schemas, `${name}.Written`, bodySchema(entity, false));
    addComponent(schemas, `${name}.Replaced`, bodySchema(entity, true));
    addComponent(schemas, `${name}.StoredItem`, storedSchema(entity));
    addComponent(schemas, `${name}.Key`, toJsonSchema(entity.key, "input"));
    addComponent(schemas, `${name}.Patch`, patchBodySchema(entity));
    addComponent(schemas, `${name}.Filter`, toJsonSchema(entity.filter, "input"));
    Object.assign(paths, entityPaths(name, entity, `${path}${name}`));
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "cosmos-trpc",
      version: "1.0.0",
      description: "Items of Azure Cosmos DB over plain HTTP. Failures are problem documents (RFC 9457).",
    },
    servers: [{ url: "/" }],
    tags: Object.keys(entities).map((name) => ({ name })),
    paths,
    components: {
      schemas,
      headers: {
        RequestCharge: {
          description: "What the request cost, in request units (RU)",
          schema: { type: "number" },
        },
        ServerTiming: {
          description: "Milliseconds that the request took, `total`, and those of the database in it, `db`",
          schema: { type: "string" },
        },
        ETag: { description: "The item's version", schema: { type: "string" } },
        Location: { description: "The item's address", schema: { type: "string" } },
        RetryAfter: { description: "Seconds to wait before trying again", schema: { type: "integer" } },
      },
      responses: {
        Problem: {
          description: "The request failed",
          headers: { ...usage, "Retry-After": header("RetryAfter") },
          content: { "application/problem+json": { schema: refTo("Problem") } },
        },
      },
    },
  };
}

const header = (name: string): JsonObject => ({ $ref: `#/components/headers/${name}` });

const usage = { "x-ms-request-charge": header("RequestCharge"), "Server-Timing": header("ServerTiming") };
