import type { CosmosConfiguration } from "@cosmos-trpc/cosmos-core";
import { cosmosEnvironment, parseEnvironment, toCosmosConfiguration } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";

const environment = z.object({
  ...cosmosEnvironment,
  PORT: z.coerce
    .number("has to be a number")
    .int("has to be a whole number")
    .min(0, "has to be 0 (any free port) or more")
    .max(65_535, "has to be 65535 or less")
    .default(3000),
  WATCH_MAX_SECONDS: z.coerce
    .number("has to be a number of seconds")
    .int("has to be a whole number of seconds")
    .min(1, "has to be 1 second or more")
    .max(86_400, "has to be 86400 seconds (a day) or less")
    .default(1_800),
  HOST: z.string().optional(),
  // App Service sets it; its front end reaches the app from outside the container's loopback interface.
  WEBSITE_HOSTNAME: z.string().optional(),
  LOG_LEVEL: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "is none of fatal, error, warn, info, debug, trace, silent",
    )
    .default("info"),
});

/** What the server runs with. */
export interface ServerConfiguration {
  readonly port: number;
  /** The address to listen on: this machine only, and on App Service every interface. */
  readonly host: string;
  readonly logLevel: string;
  /** How long a watch's stream may last, in milliseconds. */
  readonly watchDuration: number;
  readonly cosmos: CosmosConfiguration;
}

/** Reads the environment. @throws ConfigurationError that names every mistake at once. */
export function readConfiguration(env: NodeJS.ProcessEnv): ServerConfiguration {
  const { PORT, HOST, WEBSITE_HOSTNAME, LOG_LEVEL, WATCH_MAX_SECONDS, ...cosmos } = parseEnvironment(
    environment,
    env,
  );
  return {
    port: PORT,
    host: HOST ?? (WEBSITE_HOSTNAME === undefined ? "127.0.0.1" : "0.0.0.0"),
    logLevel: LOG_LEVEL,
    watchDuration: WATCH_MAX_SECONDS * 1_000,
    cosmos: toCosmosConfiguration(cosmos),
  };
}
