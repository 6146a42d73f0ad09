import { z } from "zod";
import { isParameter, type ProcedureRoute } from "../http/procedureRoutes.ts";
import { answer, body, failed, usage } from "./entityPaths.ts";
import { addComponent, type Components, type JsonObject, refTo, toJsonSchema } from "./jsonSchema.ts";

/** What the document calls a procedure's input and output. */
const inputName = (name: string): string => `${name}.Input`;
const outputName = (name: string): string => `${name}.Output`;

/** How a caller says who it is, where a procedure's meta says that it has to. */
export const securitySchemes = { Authorization: { type: "http", scheme: "bearer" } } as const;

/** The route of a procedure, as an OpenAPI document has it; its schemas are added to the components. */
export function procedurePath(route: ProcedureRoute, schemas: Components): JsonObject {
  const { name, procedure, meta, input, parameters } = route;
  const isInQuery = meta.method === "GET" || meta.method === "DELETE";
  const output = outputSchema(procedure);
  if (output !== undefined) addComponent(schemas, outputName(name), output);
  if (!isInQuery && input !== undefined) addComponent(schemas, inputName(name), bodySchema(route));
  const said = isInQuery ? Object.keys(route.fields) : parameters;
  return {
    [meta.method.toLowerCase()]: {
      operationId: meta.operationId ?? name,
      summary: meta.summary,
      description: meta.description,
      tags: meta.tags ?? [name.split(".")[0]],
      deprecated: meta.deprecated,
      ...(meta.protect === true ? { security: [{ Authorization: [] }] } : {}),
      parameters: [
        ...said.map((field) => parameterOf(route, field)),
        ...headers(meta.requestHeaders).map(([header, schema]) => ({
          name: header,
          in: "header",
          ...schema,
        })),
      ],
      ...(isInQuery || input === undefined ? {} : { requestBody: body(refTo(inputName(name))) }),
      responses: {
        ...(output === undefined
          ? { 200: { description: meta.successDescription ?? "Done", headers: usage } }
          : {
              200: answer(
                meta.successDescription ?? "What came out",
                refTo(outputName(name)),
                Object.fromEntries(headers(meta.responseHeaders)),
              ),
            }),
        ...errorResponses(meta.errorResponses),
        ...failed,
      },
    },
  };
}

/** What a procedure gives, where its output has a schema. */
export function outputSchema({ _def }: ProcedureRoute["procedure"]): JsonObject | undefined {
  const { output } = _def as unknown as { readonly output?: unknown };
  return output instanceof z.ZodType ? toJsonSchema(output, "output") : undefined;
}

function parameterOf({ fields, segments }: ProcedureRoute, name: string): JsonObject {
  const schema = fields[name] as z.ZodType;
  const isInPath = segments.some((segment) => isParameter(segment) && segment === `{${name}}`);
  const { description, ...json } = toJsonSchema(schema, "input");
  return {
    name,
    in: isInPath ? "path" : "query",
    required: isInPath || !schema.safeParse(undefined).success,
    description,
    schema: json,
  };
}

/** The input without what the path says. */
function bodySchema({ input, parameters }: ProcedureRoute): JsonObject {
  const json = toJsonSchema(input as z.ZodType, "input");
  if (json["type"] !== "object") return json;
  const properties = Object.entries((json["properties"] ?? {}) as object);
  const required = (json["required"] as readonly string[] | undefined) ?? [];
  return {
    ...json,
    properties: Object.fromEntries(properties.filter(([name]) => !parameters.includes(name))),
    required: required.filter((name) => !parameters.includes(name)),
  };
}

const headers = (schema: z.ZodObject | undefined): [name: string, described: JsonObject][] =>
  Object.entries((schema?.shape ?? {}) as Record<string, z.ZodType>).map(([name, field]) => [
    name,
    { required: !field.safeParse(undefined).success, schema: toJsonSchema(field, "input") },
  ]);

function errorResponses(described: ProcedureRoute["meta"]["errorResponses"] = {}): JsonObject {
  const entries: readonly (readonly [string | number, string])[] = Array.isArray(described)
    ? described.map((status: number) => [status, "The request failed"] as const)
    : Object.entries(described as Readonly<Record<string, string>>);
  const content = { "application/problem+json": { schema: refTo("Problem") } };
  return Object.fromEntries(
    entries.map(([status, description]) => [status, { description, headers: usage, content }]),
  );
}
