import type { EntityManifest, KeyFieldManifest, Manifest, ProcedureManifest } from "@cosmos-trpc/base";
import { describeContainer, partitionKeyFields } from "@cosmos-trpc/cosmos-core/schema";
import type { AnyTRPCProcedure } from "@trpc/server";
import { z } from "zod";
import type { Api } from "../createApi.ts";
import type { AnyEntity } from "../entity/entity.ts";
import { describeEntityProcedure } from "../entity/entityProcedures.ts";
import { inputOf } from "../http/procedureRoutes.ts";
import { itemSchema, storedSchema, toJsonSchema } from "../openapi/jsonSchema.ts";
import type { ApiMeta } from "../openapi/meta.ts";
import { outputSchema } from "../openapi/procedurePaths.ts";

/**
 * An API as data: each procedure's input and output as JSON Schema, each entity's key, columns, filters, orders and
 * container. All of it comes from what checks requests, so that nothing says otherwise than the server does.
 *
 * @example
 * writeFileSync("manifest.json", JSON.stringify(createManifest(api)));
 */
export function createManifest(api: Api): Manifest {
  const { title, description, router, entities } = api;
  const procedures = Object.entries(router._def.procedures as Record<string, AnyTRPCProcedure>);
  return {
    manifestVersion: 1,
    title,
    ...(description === undefined ? {} : { description }),
    procedures: Object.fromEntries(
      procedures.map(([name, procedure]) => [name, procedureManifest(api, name, procedure)]),
    ),
    entities: Object.fromEntries(
      Object.entries(entities).map(([name, entity]) => [name, entityManifest(entity)]),
    ),
  };
}

/** The paths of the mutations that leave the same behind when they are made twice. */
export const idempotentProcedures = ({ procedures }: Manifest): readonly string[] =>
  Object.keys(procedures).filter((name) => procedures[name]?.isIdempotent === true);

function procedureManifest(
  { entities, routes }: Api,
  name: string,
  procedure: AnyTRPCProcedure,
): ProcedureManifest {
  const { type } = procedure._def;
  const [entityName = "", own = "", ...more] = name.split(".");
  const entity = Object.hasOwn(entities, entityName) ? entities[entityName] : undefined;
  const known = entity === undefined || more.length > 0 ? undefined : describeEntityProcedure(entity, own);
  if (known !== undefined) return { type, ...known };

  const { openapi, idempotent } = (procedure._def.meta ?? {}) as ApiMeta;
  const route = routes.find((one) => one.name === name);
  const description = openapi?.description ?? openapi?.summary;
  const input = inputOf(procedure);
  const output = outputSchema(procedure);
  const isIdempotent = type === "mutation" && (idempotent ?? openapi?.method === "PUT");
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...(input === undefined ? {} : { input: toJsonSchema(input, "input") }),
    ...(output === undefined ? {} : { output }),
    ...(isIdempotent ? { isIdempotent } : {}),
    ...(route === undefined ? {} : { http: { method: route.meta.method, path: route.meta.path } }),
  };
}

function entityManifest(entity: AnyEntity): EntityManifest {
  return {
    key: keyFields(entity),
    item: itemSchema(entity),
    stored: storedSchema(entity),
    ...describeContainer(entity.definition),
  };
}

function keyFields({ definition, key }: AnyEntity): readonly KeyFieldManifest[] {
  const { required = [] } = z.toJSONSchema(key, { io: "input", unrepresentable: "any" });
  const id = { name: "id", path: ["id"], kinds: ["string"], isOptional: false } as const;
  const fields = partitionKeyFields(definition)
    .filter(({ name }) => name !== "id")
    .map(({ name, path, kinds }) => ({
      name,
      path,
      kinds: [...kinds],
      isOptional: !required.includes(path[0] ?? ""),
    }));
  return [id, ...fields];
}
