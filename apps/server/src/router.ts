import { createRouter } from "@cosmos-trpc/server";
import { entities } from "./entities.ts";

export const appRouter = createRouter(entities);

/** The API's type: what clients are typed from. */
export type AppRouter = typeof appRouter;
