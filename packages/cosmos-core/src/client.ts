import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { CosmosClient } from "@azure/cosmos";
import type { TokenCredential } from "@azure/identity";
import type { CosmosConfiguration } from "./environment.ts";
import { readFromSession } from "./readSession.ts";

/** What a client does with slow and throttled requests. */
const limits = {
  /** One HTTP request, in milliseconds. */
  requestTimeout: 5_000,
  /** Retries of a throttled request (429), and how long they may take together, in seconds. */
  throttledRetries: 9,
  throttledSeconds: 5,
} as const;

const userAgentSuffix = "cosmos-trpc";

/**
 * The client for a process: make one and share it. It keeps its connections alive and lets go of the process when
 * `dispose()` is called. A loopback endpoint with a key signs with that key, everything else with the credential.
 */
export function createCosmosClient(
  configuration: CosmosConfiguration,
  credential: TokenCredential,
): CosmosClient {
  const { endpoint, preferredLocations, caFile } = configuration;
  const client: CosmosClient = new CosmosClient({
    endpoint: endpoint.url,
    ...(endpoint.key === undefined ? { aadCredentials: credential } : { key: endpoint.key }),
    agent: createAgent(caFile),
    httpClient: readFromSession(createDefaultHttpClient(), () => client.getWriteEndpoint()),
    userAgentSuffix,
    connectionPolicy: {
      requestTimeout: limits.requestTimeout,
      preferredLocations: [...preferredLocations],
      retryOptions: {
        maxRetryAttemptCount: limits.throttledRetries,
        maxWaitTimeInSeconds: limits.throttledSeconds,
        fixedRetryIntervalInMilliseconds: 0,
      },
    },
  });
  return client;
}

function createAgent(caFile: string | undefined): Agent {
  const ca = caFile === undefined ? undefined : [...rootCertificates, readFileSync(caFile, "utf8")];
  return new Agent({ keepAlive: true, minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) });
}
