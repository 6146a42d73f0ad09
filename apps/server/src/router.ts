import { createApi, entityRouters, initApi } from "@cosmos-trpc/server";
import { entities } from "./entities.ts";

const { router, procedure, createContext } = initApi({ entities });

/** The entities' procedures; your own stand beside them: `hello: procedure.query(…)`. */
export const appRouter = router({
  ...entityRouters(procedure, entities),
});

/** The API's type: what clients are typed from. */
export type AppRouter = typeof appRouter;

/** What is served, and what it is called. */
export const api = createApi({
  title: "cosmos-trpc",
  description: "Items of Azure Cosmos DB over plain HTTP. Failures are problem documents (RFC 9457).",
  entities,
  router: appRouter,
  createContext,
});
