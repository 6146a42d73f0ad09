import type { ContainerRequest } from "@azure/cosmos";
import type { TokenCredential } from "@azure/identity";
import type { ContainerDefinition } from "../definition/containerDefinition.ts";
import { containerManifest } from "../definition/describeContainer.ts";
import { StoreError } from "../errors/errors.ts";
import { createCosmosClient } from "./client.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";
import { type CosmosOptions, endpointOf } from "./endpoint.ts";

/**
 * The key of every Cosmos DB emulator, Microsoft's and ours: documented, and no secret.
 * Source: Learn, "Azure Cosmos DB emulator, authentication".
 */
const emulatorKey =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/**
 * Makes the database and the container when they are missing: for local use. In Azure no data-plane role can do that,
 * so a token is refused there; on loopback the call signs with the emulators' well-known key instead.
 *
 * @throws StoreError `misconfigured`, code `container-missing`, where they are missing and a token may not make
 *   them; `unavailable` when nobody answers in time.
 * @example
 * await ensureContainer({ endpoint: "https://localhost:8081", database: "shop" }, orders, createCredential());
 */
export async function ensureContainer(
  options: CosmosOptions & { readonly database: string },
  definition: ContainerDefinition,
  credential: TokenCredential,
): Promise<void> {
  const { database } = options;
  const endpoint = endpointOf(options);
  const signing = endpoint.isLoopback ? { ...endpoint, key: endpoint.key ?? emulatorKey } : endpoint;
  const client = createCosmosClient({ ...options, endpoint: signing }, credential);
  try {
    await withinDeadline(undefined, async (abortSignal) => {
      await client.databases.createIfNotExists({ id: database }, { abortSignal }).catch(unlessThere);
      const { containers } = client.database(database);
      // Its form is that of the service's REST body.
      const request = containerManifest(definition) as unknown as ContainerRequest;
      await containers.createIfNotExists(request, { abortSignal }).catch(unlessThere);
    });
  } catch (error) {
    const failure = fromSdkError(error);
    if (failure.status !== 403) throw failure;
    throw new StoreError(
      "misconfigured",
      `The database ${database} or its container ${definition.id} is missing at ${endpoint.url}, and no data-plane role can make them: make them with the account's infrastructure.`,
      { ...failure, code: "container-missing" },
      error,
    );
  } finally {
    client.dispose();
  }
}

/** Another process may make the same thing at the same time: then it is there, and no more was asked for. */
function unlessThere(error: unknown): void {
  if (fromSdkError(error).reason !== "conflict") throw error;
}
