import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import { createRouter, entity, serve } from "../src/index.ts";

// The server that most tests talk to: one entity.
const entities = { items: entity(items, { key: itemKey }) };

const router = createRouter(entities);

export type AppRouter = typeof router;

serve({ entities, router });
