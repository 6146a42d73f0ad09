import type { CosmosConfiguration } from "@cosmos-trpc/cosmos-core";
import { type Endpoint, parseEndpoint } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";
import type { Log } from "../log.ts";
import { cosmosEnvironment, parseEnvironment } from "./environment.ts";

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const environment = {
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
  LOG_LEVEL: z.enum(logLevels, `is none of ${logLevels.join(", ")}`).default("info"),
} as const;

/** Where Cosmos DB is. */
export interface CosmosSettings extends Partial<Omit<CosmosConfiguration, "endpoint">> {
  /** The account's: `https://<account>.documents.azure.com`. */
  readonly endpoint: string | Endpoint;
}

/** What an API runs with, whoever listens. */
export interface ListenerConfiguration {
  readonly cosmos: CosmosSettings;
  /** Containers that are called otherwise than their definitions say, by their entities' names. */
  readonly containers?: Readonly<Record<string, string>>;
  /** How long a watch's stream may last, in milliseconds: half an hour where it is not said. */
  readonly watchDuration?: number;
  /** Where the log goes: JSON lines on standard output where it is not said. */
  readonly log?: Log;
}

/** What a server runs with. */
export interface ServerConfiguration extends ListenerConfiguration {
  /** 3000 where it is not said; 0 takes a free one. */
  readonly port?: number;
  /** The address to listen on: this machine only where it is not said. */
  readonly host?: string;
  /** The lowest level that is logged, where no `log` is given. */
  readonly logLevel?: (typeof logLevels)[number];
}

/** The configuration of the connection, with what was not said. @throws TypeError for an endpoint that is none */
export function cosmosConfiguration({ endpoint, ...rest }: CosmosSettings): CosmosConfiguration {
  const parsed = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  if (typeof parsed === "string") throw new TypeError(`The endpoint ${parsed}.`);
  return { database: "appdb", preferredLocations: [], ...rest, endpoint: parsed };
}

/**
 * Reads a configuration from environment variables: `COSMOS_ENDPOINT`, `COSMOS_DATABASE`, `COSMOS_PREFERRED_LOCATIONS`,
 * `COSMOS_CA_FILE`, `PORT`, `HOST`, `WATCH_MAX_SECONDS`, `LOG_LEVEL`.
 *
 * @param own variables of the application's own, read with the others; they come back in `own`
 * @throws ConfigurationError that names every mistake at once
 * @example
 * const { own, ...configuration } = readConfiguration(process.env, { GREETING: z.string().default("hello") });
 */
export function readConfiguration<Shape extends z.ZodRawShape = Record<never, never>>(
  env: NodeJS.ProcessEnv,
  own: Shape = {} as Shape,
): ServerConfiguration & { readonly own: z.output<z.ZodObject<Shape>> } {
  const variables = parseEnvironment(z.object({ ...environment, ...own }), env) as z.output<
    z.ZodObject<typeof environment>
  >;
  return {
    port: variables.PORT,
    host: variables.HOST ?? (variables.WEBSITE_HOSTNAME === undefined ? "127.0.0.1" : "0.0.0.0"),
    logLevel: variables.LOG_LEVEL,
    watchDuration: variables.WATCH_MAX_SECONDS * 1_000,
    cosmos: {
      endpoint: variables.COSMOS_ENDPOINT,
      database: variables.COSMOS_DATABASE,
      preferredLocations: variables.COSMOS_PREFERRED_LOCATIONS,
      caFile: variables.COSMOS_CA_FILE,
    },
    own: Object.fromEntries(
      Object.entries(variables).filter(([name]) => Object.hasOwn(own, name)),
    ) as unknown as z.output<z.ZodObject<Shape>>,
  };
}
