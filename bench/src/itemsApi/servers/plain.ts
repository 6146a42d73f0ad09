import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { port } from "./plainItems.ts";
import { router } from "./trpcRouter.ts";

// tRPC and the SDK as most people would put them together.
createHTTPServer({ router, basePath: "/trpc/" }).listen(port, "127.0.0.1");
