import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import { createRouter, entity, serve } from "../src/index.ts";

// A server whose items of version 1 become what JSON cannot say.
const definition = defineContainer({
  id: "counters",
  partitionKey: ["/id"],
  schema: z.strictObject({ id: z.string(), count: z.unknown() }),
  version: 2,
  upgrades: [(item) => ({ ...item, count: BigInt(String(item["count"])) })],
});

const entities = { counters: entity(definition) };

serve({ entities, router: createRouter(entities) });
