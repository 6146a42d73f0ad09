import { pino } from "pino";
import type { Api } from "../createApi.ts";
import { readConfiguration, type ServerConfiguration } from "./configuration.ts";
import { ConfigurationError } from "./environment.ts";
import { startServer } from "./startServer.ts";

/**
 * Runs an API as a program, until it is told to stop: configuration, listening, requests, drain. What it cannot start
 * with is said in one message on standard error, and the process ends with 1.
 *
 * @param configure reads the configuration; from the process's environment where it is left out
 * @example
 * serve(api);
 * serve(api, () => ({ cosmos: { endpoint: "https://shop.documents.azure.com" }, port: 8080 }));
 */
export async function serve(
  api: Api,
  configure: () => ServerConfiguration = () => readConfiguration(process.env),
): Promise<void> {
  const configuration = configurationOf(configure);
  const log = configuration.log ?? pino({ level: configuration.logLevel ?? "info" });
  const starting = startServer(api, { ...configuration, log });
  // Before it listens: whoever is told so may stop it at once.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping: requests in flight are answered first");
      void starting
        .then((server) => server.close())
        .then(() => {
          log.info({}, "stopped");
          process.exit(0);
        });
    });
  }
  await starting.catch((error: NodeJS.ErrnoException) => {
    const { port = 3000, host = "127.0.0.1" } = configuration;
    fail(
      error.code === "EADDRINUSE"
        ? `Port ${port} is in use: stop what listens there, or set PORT to another.`
        : error.syscall === undefined
          ? error.message
          : `The server cannot listen on ${host}:${port} (${error.code ?? error.message}): set PORT and HOST.`,
    );
  });
}

function configurationOf(configure: () => ServerConfiguration): ServerConfiguration {
  try {
    return configure();
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message);
    throw error;
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
