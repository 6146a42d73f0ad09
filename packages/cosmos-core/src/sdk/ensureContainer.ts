import { type PartitionKeyDefinition, PartitionKeyDefinitionVersion, PartitionKeyKind } from "@azure/cosmos";
import type { TokenCredential } from "@azure/identity";
import { type ContainerDefinition, partitionKeyPaths } from "../definition/containerDefinition.ts";
import { StoreError } from "../errors/errors.ts";
import { createCosmosClient } from "./client.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";
import type { CosmosConfiguration } from "./environment.ts";

/**
 * The key of every Cosmos DB emulator, Microsoft's and ours: documented, and no secret.
 * Source: Learn, "Azure Cosmos DB emulator, authentication".
 */
const emulatorKey =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/** What the service keeps of a definition, as its REST body. */
function containerRequest(definition: ContainerDefinition): {
  id: string;
  partitionKey: PartitionKeyDefinition;
  indexingPolicy?: NonNullable<ContainerDefinition["indexing"]>;
  defaultTtl?: number;
} {
  const paths = [...partitionKeyPaths(definition)];
  return {
    id: definition.id,
    partitionKey: {
      paths,
      version: PartitionKeyDefinitionVersion.V2,
      kind: paths.length === 1 ? PartitionKeyKind.Hash : PartitionKeyKind.MultiHash,
    },
    ...(definition.indexing === undefined ? {} : { indexingPolicy: definition.indexing }),
    ...(definition.ttl === undefined ? {} : { defaultTtl: definition.ttl }),
  };
}

/**
 * Makes the database and the container when they are missing: for local use. In Azure no data-plane role can do that,
 * so a token is refused there; on loopback the call signs with the emulators' well-known key instead.
 *
 * @throws StoreError `misconfigured`, naming the infrastructure step, where a token may not do it, `unavailable` when
 *   nobody answers in time.
 */
export async function ensureContainer(
  configuration: CosmosConfiguration,
  definition: ContainerDefinition,
  credential: TokenCredential,
): Promise<void> {
  const { endpoint, database } = configuration;
  const signing = endpoint.isLoopback ? { ...endpoint, key: endpoint.key ?? emulatorKey } : endpoint;
  const client = createCosmosClient({ ...configuration, endpoint: signing }, credential);
  try {
    await withinDeadline(undefined, async (abortSignal) => {
      await client.databases.createIfNotExists({ id: database }, { abortSignal }).catch(unlessThere);
      const { containers } = client.database(database);
      await containers.createIfNotExists(containerRequest(definition), { abortSignal }).catch(unlessThere);
    });
  } catch (error) {
    const failure = fromSdkError(error);
    if (failure.status !== 403) throw failure;
    throw new StoreError(
      "misconfigured",
      `The database ${database} or its container ${definition.id} is missing at ${endpoint.url}, and no data-plane role can make them: run the infrastructure step, \`azd provision\`.`,
      { status: failure.status, substatus: failure.substatus, activityId: failure.activityId },
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
