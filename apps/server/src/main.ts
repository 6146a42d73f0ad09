import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigurationError } from "@cosmos-trpc/cosmos-core/schema";
import { pino } from "pino";
import { readConfiguration, type ServerConfiguration } from "./config.ts";
import { createDrain } from "./http/drain.ts";
import { createFront } from "./http/front.ts";
import { drainTimeout } from "./http/limits.ts";
import { loadDatabase } from "./loadDatabase.ts";
import { mapStacks } from "./mapStacks.ts";

mapStacks(import.meta.filename);
const configuration = configure();
const log = pino({ level: configuration.logLevel });
const { promise: listening, resolve: onListening } = Promise.withResolvers<void>();
const database = loadDatabase(listening, configuration.cosmos, log);
const drain = createDrain(createFront(database, log));
// Longer than Azure's load balancer keeps an idle connection (4 minutes), so that it never reuses a closed one.
const server = createServer({ keepAliveTimeout: 250_000 }, drain.listener);

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
    void drain.stop(server, drainTimeout).then(() => {
      database.close();
      log.info("stopped");
      process.exit(0);
    });
  });
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
