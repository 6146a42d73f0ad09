import { fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import fastify from "fastify";
import { port } from "./plainItems.ts";
import { router } from "./trpcRouter.ts";

const server = fastify({ routerOptions: { maxParamLength: 5_000 } });
server.register(fastifyTRPCPlugin, { prefix: "/trpc", trpcOptions: { router } });
await server.listen({ port, host: "127.0.0.1" });
