import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { listen } from "../listen.ts";
import { router } from "../trpcRouter.ts";

listen(createHTTPHandler({ router }));
