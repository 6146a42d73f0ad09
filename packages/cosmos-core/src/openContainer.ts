import type {
  Container,
  CosmosClient,
  PartitionKeyDefinition,
  ContainerDefinition as ServiceDefinition,
} from "@azure/cosmos";
import type { z } from "zod";
import { canSendTogether, sendTogether } from "./batchRequest.ts";
import { type Coalescer, createCoalescer } from "./coalescer.ts";
import { type CoalescingLimits, toLimits } from "./coalescingLimits.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";
import type { ContainerDefinition, ItemBase } from "./defineContainer.ts";
import { StoreError } from "./errors.ts";
import { openPhysicalPartitions } from "./physicalPartitions.ts";
import type { PointOperation } from "./pointOperation.ts";
import { sendAlone } from "./pointRequest.ts";
import { openReadRegion } from "./readRegion.ts";
import { createStore, type Store } from "./store.ts";

/** An open container. */
export interface OpenContainer<Item extends ItemBase> {
  readonly store: Store<Item>;
  /** Where the container that is there differs from its definition: a sentence for each. Empty when it does not. */
  readonly drift: readonly string[];
}

/** Options of {@link openContainer}. */
export interface OpenContainerOptions {
  /** How overlapping operations are put together; what is left out has its measured default. */
  readonly coalescing?: Partial<CoalescingLimits> | undefined;
}

/**
 * Finds a definition's container and compares the two.
 *
 * @throws StoreError `misconfigured` when it is missing or refused, or partitioned by another path, `unavailable` when
 *   nobody answers in time; RangeError for a limit of coalescing that cannot be.
 */
export async function openContainer<Schema extends z.ZodType<ItemBase>>(
  client: CosmosClient,
  database: string,
  definition: ContainerDefinition<Schema>,
  options: OpenContainerOptions = {},
): Promise<OpenContainer<z.output<Schema>>> {
  const limits = toLimits(options.coalescing);
  const container = client.database(database).container(definition.id);
  const found = await withinDeadline(undefined, (abortSignal) => container.read({ abortSignal })).catch(
    (error: unknown) => {
      const failure = fromSdkError(error);
      if (failure.status !== 404) throw failure;
      throw new StoreError(
        "misconfigured",
        `The container ${definition.id} of the database ${database} is missing: run the infrastructure step, \`azd provision\`, or correct COSMOS_DATABASE and COSMOS_CONTAINER.`,
        { status: failure.status, substatus: failure.substatus, activityId: failure.activityId },
        error,
      );
    },
  );
  const actual = found.resource as ServiceDefinition;
  const paths = actual.partitionKey?.paths ?? [];
  if (paths.join() !== definition.partitionKey) {
    throw new StoreError(
      "misconfigured",
      `The container ${definition.id} is partitioned by ${paths.join(", ")}, its definition says ${definition.partitionKey}. A partition key cannot be changed: use another container.`,
    );
  }
  const coalescer = await openCoalescer(client, container, actual.partitionKey, limits);
  return { store: createStore<z.output<Schema>>(coalescer, definition), drift: compare(definition, actual) };
}

/** The queue of a container's operations. */
async function openCoalescer(
  client: CosmosClient,
  container: Container,
  partitionKey: PartitionKeyDefinition | undefined,
  limits: CoalescingLimits,
): Promise<Coalescer> {
  const [partitions, readRegion] = await Promise.all([
    openPhysicalPartitions(container, partitionKey ?? { paths: [] }),
    openReadRegion(client),
  ]);
  const isBatching = canSendTogether(container);
  // The SDK sends batches to the region that takes writes, and reads belong to a preferred location.
  const isBatched = (kind: PointOperation["kind"]): boolean =>
    isBatching && (kind !== "read" || readRegion.isWriteRegion());
  return createCoalescer(
    {
      alone: (operation, signal) => sendAlone(container, operation, signal, readRegion.readOptions),
      together: (operations, signal) => sendTogether(container, operations, signal),
      partitionOf: ({ kind, key }) => (isBatched(kind) ? partitions.partitionOf(key.pk) : undefined),
      onBatchFailure: partitions.refresh,
    },
    limits,
  );
}

function compare(definition: ContainerDefinition, actual: ServiceDefinition): string[] {
  const drift: string[] = [];
  if (actual.defaultTtl !== definition.ttl) {
    drift.push(
      `The default time to live is ${actual.defaultTtl ?? "off"}, the definition says ${definition.ttl ?? "off"}.`,
    );
  }
  for (const name of ["includedPaths", "excludedPaths", "compositeIndexes"] as const) {
    const wanted = definition.indexing?.[name];
    if (wanted === undefined) continue;
    const [has, needs] = [actual.indexingPolicy?.[name] ?? [], wanted].map(sorted);
    if (JSON.stringify(has) !== JSON.stringify(needs)) {
      drift.push(
        `The indexing policy's ${name} are ${JSON.stringify(has)}, the definition says ${JSON.stringify(needs)}.`,
      );
    }
  }
  return drift;
}

/** Paths in one order, without the one that the service adds by itself. */
function sorted(paths: readonly unknown[]): string[] {
  const isOwn = (path: string): boolean => path !== JSON.stringify({ path: '/"_etag"/?' });
  return paths
    .map((path) => JSON.stringify(path))
    .filter(isOwn)
    .sort();
}
