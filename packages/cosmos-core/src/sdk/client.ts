import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { CosmosClient } from "@azure/cosmos";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { noteBatches } from "./batchExchange.ts";
import { type CosmosOptions, endpointOf } from "./endpoint.ts";
import { readFromSession } from "./readSession.ts";
import { noteUnsafeNumbers } from "./unsafeNumbers.ts";

export type { Container, CosmosClient } from "@azure/cosmos";

/** What a client does with slow and throttled requests. */
const limits = {
  /** One HTTP request, in milliseconds. */
  requestTimeout: 5_000,
  /**
   * Retries of a throttled request (429), and for how many seconds another one begins: less than the time-out of an
   * operation, so that its caller hears that it was throttled.
   */
  maxThrottledRetries: 9,
  maxThrottledSeconds: 2,
} as const;

const userAgentSuffix = "cosmos-trpc";

/**
 * The client for a process: make one and share it. It keeps its connections alive and lets go of the process when
 * `dispose()` is called. A loopback endpoint with a key signs with that key, everything else with the credential.
 *
 * @throws TypeError for an endpoint that is none
 * @example
 * const client = createCosmosClient({ endpoint: "https://shop.documents.azure.com" }, createCredential());
 */
export function createCosmosClient(options: CosmosOptions, credential: TokenCredential): CosmosClient {
  const { preferredLocations = [], caFile } = options;
  const endpoint = endpointOf(options);
  const client: CosmosClient = new CosmosClient({
    endpoint: endpoint.url,
    ...(endpoint.key === undefined ? { aadCredentials: credential } : { key: endpoint.key }),
    agent: createAgent(caFile),
    httpClient: noteUnsafeNumbers(
      noteBatches(readFromSession(createDefaultHttpClient(), () => client.getWriteEndpoint())),
    ),
    userAgentSuffix,
    connectionPolicy: {
      requestTimeout: limits.requestTimeout,
      preferredLocations: [...preferredLocations],
      retryOptions: {
        maxRetryAttemptCount: limits.maxThrottledRetries,
        maxWaitTimeInSeconds: limits.maxThrottledSeconds,
        fixedRetryIntervalInMilliseconds: 0,
      },
    },
  });
  return client;
}

/**
 * Kept-alive connections. Authorities go into one context and not into the agent's options: those are part of the name
 * under which an agent keeps each connection, and every request would put together a name of 200 KB.
 */
function createAgent(caFile: string | undefined): Agent {
  const minVersion = "TLSv1.2";
  if (caFile === undefined) return new Agent({ keepAlive: true, minVersion });
  const authority = readFileSync(caFile, "utf8");
  let secureContext = secureContexts.get(authority);
  if (secureContext === undefined) {
    secureContext = createSecureContext({ ca: [...rootCertificates, authority], minVersion });
    secureContexts.set(authority, secureContext);
  }
  return new Agent({ keepAlive: true, secureContext });
}

/** By authority: 150 certificates are read for each, which takes 20 ms. */
const secureContexts = new Map<string, SecureContext>();

/**
 * The credential for Cosmos DB: `DefaultAzureCredential`, steered by its own variables. In Azure it finds the app's
 * managed identity; on a developer's machine the Azure CLI's sign-in, or the emulator's identity endpoint.
 * `AZURE_CLIENT_ID` names a user-assigned identity, `AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential` pins the chain
 * in production.
 */
export const createCredential = (): TokenCredential => new DefaultAzureCredential();
