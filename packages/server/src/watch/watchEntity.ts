import type { EntityTypes, Stored } from "@cosmos-trpc/cosmos-core";
import { partitionKeyPrefixFilter } from "@cosmos-trpc/cosmos-core/schema";
import { type TrackedEnvelope, tracked } from "@trpc/server";
import type { Entity } from "../entity/entity.ts";
import { translateFailure } from "../errors.ts";
import type { RequestScope } from "../request/requestContext.ts";
import { watchChanges } from "./watchChanges.ts";

/** What one event tells. */
export interface WatchEvent<Item> {
  /**
   * Items as they were last written, those of one partition key in the order of their writes. Empty in the event that
   * says where the watch begins.
   */
  readonly items: readonly Stored<Item>[];
}

/** What a watcher asks for. */
interface WatchInput<Prefix> {
  /** Only items of this partition key; of a hierarchical one, of its first fields too. */
  readonly pk?: Prefix | undefined;
  readonly since: string;
  readonly lastEventId?: string | undefined;
}

/** An entity's live changes, each with the cursor that a client goes on with as its id. */
export async function* watchEntity<Types extends EntityTypes>(
  { database, feeds, watchDuration, usage, disconnect }: RequestScope,
  definition: Entity<Types>["definition"],
  { pk, since, lastEventId }: WatchInput<Types["partitionKeyPrefix"]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<WatchEvent<Types["item"]>>, void, undefined> {
  // Aborted, a stream ends without saying that it is complete: its client connects again, with its last event's id.
  const expired = new AbortController();
  const timer = setTimeout(() => expired.abort(), watchDuration);
  try {
    const store = await usage.timed(() => database.store<Types>(definition));
    const pages = watchChanges(feeds.of(store), {
      lastEventId,
      since: since === "beginning" || since === "now" ? since : new Date(since),
      wants: partitionKeyPrefixFilter(definition, pk),
      signal: AbortSignal.any([feeds.stopping, expired.signal, ...(signal === undefined ? [] : [signal])]),
      onDrop: disconnect,
    });
    for await (const { cursor, items } of pages) yield tracked(cursor, { items });
  } catch (error) {
    throw translateFailure(error);
  } finally {
    clearTimeout(timer);
  }
}
