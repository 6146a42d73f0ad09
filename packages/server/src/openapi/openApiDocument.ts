import type { Api } from "../createApi.ts";
import { failureSchema, indexUseSchema, problemSchema } from "./answerSchemas.ts";
import { entityPaths, header, usage } from "./entityPaths.ts";
import {
  addComponent,
  type Components,
  itemSchema,
  type JsonObject,
  patchBodySchema,
  refTo,
  replacedSchema,
  storedSchema,
  toJsonSchema,
} from "./jsonSchema.ts";
import { procedurePath, securitySchemes } from "./procedurePaths.ts";

/**
 * The plain HTTP routes as an OpenAPI document (3.1), made of the schemas that check the requests.
 *
 * @param path where the routes of entities are; each one's are below its name
 * @param mount where a framework has mounted all of it
 */
export function openApiDocument(api: Api, path: string, mount = ""): JsonObject {
  const { title, version = "1.0.0", description, contact, entities, routes } = api;
  const schemas: Components = {};
  addComponent(schemas, "Problem", toJsonSchema(problemSchema, "output"));
  addComponent(schemas, "Failure", toJsonSchema(failureSchema, "output"));
  addComponent(schemas, "IndexUse", toJsonSchema(indexUseSchema, "output"));
  const paths: Record<string, JsonObject> = {};
  for (const [name, entity] of Object.entries(entities)) {
    addComponent(schemas, `${name}.Item`, itemSchema(entity));
    addComponent(schemas, `${name}.Replaced`, replacedSchema(entity));
    addComponent(schemas, `${name}.StoredItem`, storedSchema(entity));
    addComponent(schemas, `${name}.Key`, toJsonSchema(entity.key, "input"));
    addComponent(schemas, `${name}.Patch`, patchBodySchema(entity));
    addComponent(schemas, `${name}.Filter`, toJsonSchema(entity.filter, "input"));
    Object.assign(paths, entityPaths(name, entity, `${path}${name}`));
  }
  for (const route of routes) {
    const at = `/${route.segments.join("/")}`;
    paths[at] = { ...paths[at], ...procedurePath(route, schemas) };
  }
  const tags = [...Object.keys(entities), ...routes.flatMap(({ meta }) => meta.tags ?? [])];
  return {
    openapi: "3.1.1",
    info: { title, version, description, contact },
    servers: [{ url: mount === "" ? "/" : mount }],
    tags: [...new Set(tags)].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      ...(routes.some(({ meta }) => meta.protect === true) ? { securitySchemes } : {}),
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
