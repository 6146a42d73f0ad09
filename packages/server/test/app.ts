import { itemKey, items } from "@cosmos-trpc/cosmos-core/schema";
import {
  createApi,
  entity,
  entityRouters,
  initApi,
  readConfiguration,
  resourceName,
  serve,
} from "../src/index.ts";

// The server that most tests talk to: one entity.
const entities = { items: entity(items, { key: itemKey }) };

const { router, procedure, createContext } = initApi({ entities });

const appRouter = router(entityRouters(procedure, entities));

export type AppRouter = typeof appRouter;

export const api = createApi({ title: "Items", entities, router: appRouter, createContext });

if (import.meta.main) {
  await serve(api, () => {
    const { own, ...configuration } = readConfiguration(process.env, {
      COSMOS_CONTAINER: resourceName.default("items"),
    });
    return { ...configuration, containers: { items: own.COSMOS_CONTAINER } };
  });
}
