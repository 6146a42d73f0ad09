import { createNodeHandler } from "@cosmos-trpc/trpc-http";
import { listen } from "../listen.ts";
import { router } from "../trpcRouter.ts";

listen(createNodeHandler({ router }));
