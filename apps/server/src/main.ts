import { mapStacks, serve } from "@cosmos-trpc/server";
import { entities } from "./entities.ts";
import { appRouter } from "./router.ts";

mapStacks(import.meta.filename);
serve({ entities, router: appRouter });
