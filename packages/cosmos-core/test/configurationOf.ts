import { type CosmosConfiguration, parseEndpoint } from "../src/index.ts";

/** A configuration for an emulator, from the environment that it gives. */
export function configurationOf(env: NodeJS.ProcessEnv): CosmosConfiguration {
  const endpoint = parseEndpoint(env["COSMOS_ENDPOINT"] ?? "");
  if (typeof endpoint === "string") throw new Error(endpoint);
  return { endpoint, database: "appdb", preferredLocations: [], caFile: env["COSMOS_CA_FILE"] };
}
