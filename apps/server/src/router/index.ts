import { router } from "../trpc.ts";
import { itemsRouter } from "./items.ts";

export const appRouter = router({ items: itemsRouter });

/** The API's type: what clients are typed from. */
export type AppRouter = typeof appRouter;
