import type {
  Container,
  CosmosClient,
  PartitionKeyDefinition,
  ContainerDefinition as Properties,
} from "@azure/cosmos";
import { type AnyDefinition, partitionKeyPaths } from "../definition/containerDefinition.ts";
import { StoreError } from "../errors/errors.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";
import { findDrift } from "./drift.ts";

/** A container as it was found in the service. */
export interface FoundContainer {
  readonly container: Container;
  /** The service's own id of it, which another container of the same name would not have. */
  readonly rid: string;
  readonly partitionKey: PartitionKeyDefinition;
  /** Where it differs from its definition: a sentence for each. */
  readonly drift: readonly string[];
}

/**
 * Finds a definition's container.
 *
 * @throws StoreError `misconfigured` when it is missing or refused, or partitioned by another path; `unavailable`
 */
export async function findContainer(
  client: CosmosClient,
  database: string,
  definition: AnyDefinition,
): Promise<FoundContainer> {
  const container = client.database(database).container(definition.id);
  const { resource } = await withinDeadline(undefined, (abortSignal) =>
    container.read({ abortSignal }),
  ).catch((error: unknown) => {
    const failure = fromSdkError(error);
    if (failure.status !== 404) throw failure;
    const message = `The container ${definition.id} of the database ${database} is missing.`;
    throw new StoreError("misconfigured", message, { ...failure, code: "container-missing" }, error);
  });
  const properties = resource as Properties & { readonly _rid?: string };
  const { partitionKey = { paths: [] } } = properties;
  const wanted = partitionKeyPaths(definition);
  if (partitionKey.paths.join() !== wanted.join()) {
    throw new StoreError(
      "misconfigured",
      `The container ${definition.id} is partitioned by ${partitionKey.paths.join(", ")}, its definition says ${wanted.join(", ")}. A partition key cannot be changed: use another container.`,
      { code: "partition-key-differs" },
    );
  }
  return { container, rid: String(properties._rid), partitionKey, drift: findDrift(definition, properties) };
}
