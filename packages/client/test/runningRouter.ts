import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type AnyRouter, initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { onTestFinished } from "vitest";

/** A server of a test, on loopback. */
export interface Running {
  readonly url: string;
  /** What was asked of it, in order: method and path with query. */
  readonly requests: string[];
  /** Cuts every open connection. */
  cut(): void;
}

/** Listens on a free port until the test is over. */
export async function listen(listener: RequestListener): Promise<Running> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    server.close();
    cut();
    await once(server, "close");
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, cut };
}

/** What a refusal of the test's routers carries, in the words of the real server's error formatter. */
export class Refusal extends Error {
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.details = details;
  }
}

export const t = initTRPC.context<{ request: IncomingMessage }>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, ...(error.cause instanceof Refusal ? error.cause.details : {}) },
  }),
});

/** Serves a router as the real server does, under `/trpc/`, through tRPC's own adapter. */
export const serve = (router: AnyRouter): Promise<Running> =>
  listen(
    createHTTPHandler({
      router,
      basePath: "/trpc/",
      allowMethodOverride: true,
      createContext: ({ req }: { req: IncomingMessage }) => ({ request: req }),
    }),
  );
