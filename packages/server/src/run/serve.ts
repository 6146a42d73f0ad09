import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigurationError } from "@cosmos-trpc/cosmos-core/schema";
import type { AnyTRPCRouter } from "@trpc/server";
import { pino } from "pino";
import type { AnyEntity } from "../entity/entity.ts";
import { createFront } from "../http/front.ts";
import { drainTimeout, maxHeaderBytes } from "../http/limits.ts";
import { createSharedFeeds } from "../watch/sharedFeeds.ts";
import { readConfiguration, type ServerConfiguration } from "./config.ts";
import { createDrain } from "./drain.ts";
import { loadDatabase } from "./loadDatabase.ts";
import { refuseUnreadable } from "./unreadableRequest.ts";

/** What a process serves. */
export interface Served {
  /** The entities by their names. */
  readonly entities: Readonly<Record<string, AnyEntity>>;
  /** Their procedures. */
  readonly router: AnyTRPCRouter;
}

/** Runs the server until it is told to stop: configuration, listening, requests, drain. */
export function serve({ entities, router }: Served): void {
  const configuration = configure();
  const log = pino({ level: configuration.logLevel });
  const { promise: listening, resolve: onListening } = Promise.withResolvers<void>();
  const definitions = Object.values(entities).map(({ definition }) => definition);
  const database = loadDatabase(listening, configuration.cosmos, definitions, log);
  const changes = createSharedFeeds();
  const { watchDuration } = configuration;
  const drain = createDrain(createFront(entities, router, { database, changes, watchDuration }, log));
  // Longer than Azure's load balancer keeps an idle connection (4 minutes), so that it never reuses a closed one.
  const server = createServer({ keepAliveTimeout: 250_000, maxHeaderSize: maxHeaderBytes }, drain.listener);
  server.on("clientError", (error, socket) => refuseUnreadable(error, socket, drain.isAnswering(socket)));

  server.once("error", (error: NodeJS.ErrnoException) => {
    const { port, host } = configuration;
    fail(
      error.code === "EADDRINUSE"
        ? `Port ${port} is in use: stop what listens there, or set PORT to another.`
        : `The server cannot listen on ${host}:${port} (${error.code ?? error.message}): set PORT and HOST.`,
    );
  });
  server.listen(configuration.port, configuration.host, () => {
    const { port } = server.address() as AddressInfo;
    log.info({ port, url: `http://localhost:${port}` }, "listening");
    onListening();
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping: requests in flight are answered first");
      // Watchers go on at another instance.
      changes.stop();
      void drain.stop(server, drainTimeout).then(() => {
        database.close();
        log.info("stopped");
        process.exit(0);
      });
    });
  }
}

function configure(): ServerConfiguration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message);
    throw error;
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
