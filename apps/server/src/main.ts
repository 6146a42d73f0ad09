import { mapStacks } from "./mapStacks.ts";
import { appRouter, entities } from "./router/index.ts";
import { serve } from "./serve.ts";

mapStacks(import.meta.filename);
serve({ entities, router: appRouter });
