import { InputError } from "./errors.ts";
import { type PartitionKeyRange, splitRange } from "./partitionKey/partitionKeyRange.ts";
import type { ContainerEntry } from "./store/catalog.ts";
import type { Store } from "./store/openStore.ts";

/** Which physical partition to split. */
export interface SplitRequest {
  /** The database's id. */
  readonly database: string;
  /** The container's id. */
  readonly container: string;
  /** The partition key range's id; without one, that of the partition with the most documents. */
  readonly range?: string;
}

/** What a split made. */
export interface PartitionSplit {
  /** The id of the range that is gone. */
  readonly parent: string;
  /** The ids of the ranges in its place, in the order of the hash space. */
  readonly children: readonly [string, string];
}

/** Splits a physical partition in half. Nothing moves: documents lie by their effective partition keys. */
export function splitPartition(store: Store, request: SplitRequest): PartitionSplit {
  const { catalog } = store;
  const database = catalog.findDatabase(request.database);
  if (database === undefined) throw new InputError(`There is no database ${request.database}.`);
  const container = catalog.findContainer(database, request.container);
  if (container === undefined) {
    throw new InputError(`There is no container ${request.container} in the database ${request.database}.`);
  }
  const range =
    request.range === undefined
      ? fullest(container)
      : container.ranges.find(({ id }) => id === request.range);
  if (range === undefined) {
    const known = container.ranges.map(({ id }) => id).join(", ");
    throw new InputError(
      `The container ${request.container} has no partition ${request.range}; it has ${known}.`,
    );
  }
  const split = splitRange(container.ranges, range, container.partitionKey);
  if (split === undefined) throw new InputError(`The partition ${range.id} is too small to be split.`);
  store.transaction(() => catalog.replaceRanges(container, split.ranges));
  const [low, high] = split.children;
  return { parent: range.id, children: [low.id, high.id] };
}

function fullest({ ranges, documents }: ContainerEntry): PartitionKeyRange | undefined {
  const counted = ranges.map((range) => ({ range, count: documents.countIn(range) }));
  return counted.reduce((best, candidate) => (candidate.count > best.count ? candidate : best)).range;
}
