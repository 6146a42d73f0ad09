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
import type { StoreError } from "./errors/errors.ts";
import { createCoalescer } from "./points/coalescer.ts";
import { type CoalescingLimits, toLimits } from "./points/coalescingLimits.ts";
import type { CosmosClient } from "./sdk/client.ts";
import { findContainer } from "./sdk/foundContainer.ts";
import { openPointRequests } from "./sdk/pointRequests.ts";
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
  /**
   * Is told of each document that a list or the change feed leaves out of a page's items, since it does not fit the
   * schema: for a log. The pages have them in `unfit`.
   */
  readonly onUnfit?: ((error: StoreError) => void) | undefined;
}

/**
 * Finds a definition's container and compares the two.
 *
 * @throws StoreError `misconfigured` when it is missing or refused, or partitioned by another path, `unavailable` when
 *   nobody answers in time; RangeError for a limit of coalescing that cannot be.
 * @example
 * const { store, drift } = await openContainer(client, "shop", orders);
 * await store.upsert({ id: "1", customer: "ada", total: 30 });
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
  const found = await findContainer(client, database, definition);
  const { container, rid, drift } = found;
  const requests = await openPointRequests(client, found, limits.maxBatchSize > 1);
  const given = options.cursorKey === undefined ? undefined : givenCursorKey(options.cursorKey);
  const key = given === undefined ? storedCursorKey(container, definition) : async () => given;
  return {
    store: createStore(
      createCoalescer(requests, limits),
      container,
      definition,
      createCursors(rid, key),
      options.onUnfit,
    ),
    drift,
  };
}
