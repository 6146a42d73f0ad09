import type { Container, CosmosClient, PartitionKeyDefinition } from "@azure/cosmos";
import type { z } from "zod";
import { createCursors } from "./cursors/cursor.ts";
import { givenCursorKey, storedCursorKey } from "./cursors/cursorKey.ts";
import type {
  ContainerDefinition,
  ItemBase,
  Ordering,
  PartitionKeyPaths,
} from "./definition/containerDefinition.ts";
import type { EntityTypes, TypesOfParts } from "./definition/entityTypes.ts";
import { type Coalescer, createCoalescer } from "./points/coalescer.ts";
import { type CoalescingLimits, toLimits } from "./points/coalescingLimits.ts";
import { canSendTogether, sendTogether } from "./sdk/batchRequest.ts";
import { findContainer } from "./sdk/foundContainer.ts";
import { openPhysicalPartitions } from "./sdk/physicalPartitions.ts";
import { isMinimal, type PointOperation } from "./sdk/pointOperation.ts";
import { sendAlone } from "./sdk/pointRequest.ts";
import { openReadRegion } from "./sdk/readRegion.ts";
import { createStore, type Store } from "./store.ts";

/** An open container. */
export interface OpenContainer<Types extends EntityTypes> {
  readonly store: Store<Types>;
  /** Where the container that is there differs from its definition: a sentence for each. Empty when it does not. */
  readonly drift: readonly string[];
}

/** Options of {@link openContainer}. */
export interface OpenContainerOptions {
  /** How overlapping operations are put together; what is left out has its measured default. */
  readonly coalescing?: Partial<CoalescingLimits> | undefined;
  /**
   * What signs the cursors of lists and of the change feed: the same in every process that serves the container. Without
   * one the store keeps a random key in the container itself, as the document `cosmos-trpc:cursor-key`, which the first
   * process that needs it makes: every instance then has the same, over restarts too, and there is no secret to hand
   * out. Give one where the identity may not write, or where nothing may be added to the container.
   */
  readonly cursorKey?: string | undefined;
}

/**
 * Finds a definition's container and compares the two.
 *
 * @throws StoreError `misconfigured` when it is missing or refused, or partitioned by another path, `unavailable` when
 *   nobody answers in time; RangeError for a limit of coalescing that cannot be.
 */
export async function openContainer<
  Schema extends z.ZodType<ItemBase>,
  Paths extends PartitionKeyPaths,
  Order extends Ordering,
>(
  client: CosmosClient,
  database: string,
  definition: ContainerDefinition<Schema, Paths, Order>,
  options: OpenContainerOptions = {},
): Promise<OpenContainer<TypesOfParts<Schema, Paths, Order>>> {
  const limits = toLimits(options.coalescing);
  const { container, rid, partitionKey, drift } = await findContainer(client, database, definition);
  const coalescer = await openCoalescer(client, container, partitionKey, limits);
  const given = options.cursorKey === undefined ? undefined : givenCursorKey(options.cursorKey);
  const key = given === undefined ? storedCursorKey(container, definition) : async () => given;
  return { store: createStore(coalescer, container, definition, createCursors(rid, key)), drift };
}

/** The queue of a container's operations. */
async function openCoalescer(
  client: CosmosClient,
  container: Container,
  partitionKey: PartitionKeyDefinition,
  limits: CoalescingLimits,
): Promise<Coalescer> {
  const [partitions, readRegion] = await Promise.all([
    openPhysicalPartitions(container, partitionKey),
    openReadRegion(client),
  ]);
  const isBatching = limits.batchSize > 1 && canSendTogether(container);
  // The SDK sends batches to the region that takes writes, and reads belong to a preferred location.
  const isBatched = (kind: PointOperation["kind"]): boolean =>
    isBatching && (kind !== "read" || readRegion.isWriteRegion());
  return createCoalescer(
    {
      alone: (operation, signal) => sendAlone(container, operation, signal, readRegion.readOptions),
      async together(operations, signal) {
        const { answers, isScattered } = await sendTogether(container, operations, signal);
        if (isScattered) partitions.refresh();
        return answers;
      },
      companyOf(operation) {
        const partition = isBatched(operation.kind) ? partitions.partitionOf(operation.key.pk) : undefined;
        return partition !== undefined && isMinimal(operation) ? `${partition}, minimal` : partition;
      },
      onBatchFailure: partitions.refresh,
    },
    limits,
  );
}
