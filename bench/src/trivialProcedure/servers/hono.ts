import { getRequestListener } from "@hono/node-server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { listen } from "../listen.ts";
import { router } from "../trpcRouter.ts";

listen(getRequestListener((req) => fetchRequestHandler({ req, router, endpoint: "" })));
