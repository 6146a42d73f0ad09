import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import { createApi, entity, entityRouters, initApi } from "../src/index.ts";

// Items of version 1 become what JSON cannot say.
const definition = defineContainer({
  id: "counters",
  partitionKey: ["/id"],
  schema: z.strictObject({ id: z.string(), count: z.unknown() }),
  version: 2,
  upgrades: [(item) => ({ ...item, count: BigInt(String(item["count"])) })],
});

const entities = { counters: entity(definition) };

const { router, procedure, createContext } = initApi({ entities });

export const unsendable = createApi({
  title: "Counters",
  entities,
  router: router(entityRouters(procedure, entities)),
  createContext,
});
