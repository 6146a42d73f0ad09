import type { CosmosConfiguration } from "@cosmos-trpc/cosmos-core";
import { cosmosConfiguration, readConfiguration } from "../src/run/configuration.ts";

/** The connection that an environment says. */
export const configurationOf = (env: NodeJS.ProcessEnv): CosmosConfiguration =>
  cosmosConfiguration(readConfiguration(env).cosmos);
