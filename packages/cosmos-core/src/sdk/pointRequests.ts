import { canSendBatches, sendBatch } from "./batchRequest.ts";
import type { CosmosClient } from "./client.ts";
import type { FoundContainer } from "./foundContainer.ts";
import { openPhysicalPartitions } from "./physicalPartitions.ts";
import { isMinimal, type PointAnswer, type PointOperation } from "./pointOperation.ts";
import { sendAlone } from "./pointRequest.ts";
import { openReadRegion } from "./readRegion.ts";

/** How operations on single items go out. Each rejects when there was no answer; a refusal of an operation is its answer. */
export interface PointRequests {
  /** Sends an operation in a request of its own. */
  alone(operation: PointOperation, signal: AbortSignal): Promise<PointAnswer>;
  /** Sends operations of the same batch key in one batch request. */
  batch(operations: readonly PointOperation[], signal: AbortSignal): Promise<readonly PointAnswer[]>;
  /**
   * What operations that may share a batch request have in common: their physical partition, and whether they want
   * documents back; `undefined` for one that has to go alone.
   */
  batchKeyOf(operation: PointOperation): string | undefined;
  /** Called when a batch request failed as a whole: its operations may no longer belong together. */
  onBatchFailure(): void;
}

/** Opens the requests of a container. Never rejects. */
export async function openPointRequests(
  client: CosmosClient,
  { container, partitionKey }: FoundContainer,
  mayBatch: boolean,
): Promise<PointRequests> {
  const [partitions, readRegion] = await Promise.all([
    openPhysicalPartitions(container, partitionKey),
    openReadRegion(client),
  ]);
  const isBatching = mayBatch && canSendBatches(container);
  // The SDK sends batches to the region that takes writes, and reads belong to a preferred location.
  const isBatched = (kind: PointOperation["kind"]): boolean =>
    isBatching && (kind !== "read" || readRegion.isWriteRegion());
  return {
    alone: (operation, signal) => sendAlone(container, operation, signal, readRegion.readOptions),
    async batch(operations, signal) {
      const { answers, isScattered } = await sendBatch(container, operations, signal);
      if (isScattered) partitions.refresh();
      return answers;
    },
    batchKeyOf(operation) {
      const partition = isBatched(operation.kind) ? partitions.partitionOf(operation.key.pk) : undefined;
      return partition !== undefined && isMinimal(operation) ? `${partition}, minimal` : partition;
    },
    onBatchFailure: partitions.refresh,
  };
}
