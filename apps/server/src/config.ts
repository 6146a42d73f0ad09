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
  readonly cosmos: CosmosConfiguration;
}

/** Reads the environment. @throws ConfigurationError that names every mistake at once. */
export function readConfiguration(env: NodeJS.ProcessEnv): ServerConfiguration {
  const { PORT, HOST, WEBSITE_HOSTNAME, LOG_LEVEL, ...cosmos } = parseEnvironment(environment, env);
  return {
    port: PORT,
    host: HOST ?? (WEBSITE_HOSTNAME === undefined ? "127.0.0.1" : "0.0.0.0"),
    logLevel: LOG_LEVEL,
    cosmos: toCosmosConfiguration(cosmos),
  };
}
