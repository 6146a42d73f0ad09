import { isApiError } from "./apiError.ts";
import { retryWait } from "./retryDelay.ts";

interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The procedures of an entity that an update calls: `client.orders`. */
export interface UpdatableEntity {
  readonly get: {
    query(key: never, options?: CallOptions): Promise<{ readonly id: string; readonly _etag: string }>;
  };
  readonly replace: {
    readonly mutate: (
      // biome-ignore lint/suspicious/noExplicitAny: an item is the entity's, and only its condition is known here
      input: [item: any, options: { ifMatch: string }],
      options?: CallOptions,
    ) => Promise<unknown>;
  };
}

type Key<Entity extends UpdatableEntity> = Parameters<Entity["get"]["query"]>[0];
type Stored<Entity extends UpdatableEntity> = Awaited<ReturnType<Entity["get"]["query"]>>;
/** An item as it is written: the input of `replace` that is not the tuple with options. */
type Input<Entity extends UpdatableEntity> = Exclude<
  Parameters<Entity["replace"]["mutate"]>[0],
  readonly unknown[]
>;

/** Times that an update is begun at most. */
const maxAttempts = 10;

/**
 * Changes an item by what it is: reads it, has `change` say what it shall be, and writes that only over the version that
 * was read. When somebody else was faster it begins again, after a random wait, up to 10 times; `change` must
 * therefore do nothing but compute.
 *
 * A write whose outcome is unknown (`unavailable`, `timeout`, `unreachable`) is not repeated, since it may have been done.
 *
 * @example await updateItem(client.orders, key, (order) => ({ ...order, state: "paid" }));
 * @param entity an entity's procedures
 * @param key what names the item
 * @param change gives the whole item as it shall be, or `undefined` to leave it as it is. The service's properties that
 *   come with the item are ignored. Its key has to stay: another would name another item, of which this is no version
 * @returns the item as it is afterwards
 * @throws ApiError `not-found` when there is no such item; `precondition-failed` when others were faster 10 times;
 *   and whatever else the calls throw
 */
export async function updateItem<Entity extends UpdatableEntity>(
  entity: Entity,
  key: Key<Entity>,
  change: (item: Stored<Entity>) => Input<Entity> | undefined | Promise<Input<Entity> | undefined>,
  options?: CallOptions,
): Promise<Stored<Entity>> {
  for (let attempts = 1; ; attempts += 1) {
    const item = (await entity.get.query(key, options)) as Stored<Entity>;
    const changed = await change(item);
    if (changed === undefined) return item;
    try {
      return (await entity.replace.mutate([changed, { ifMatch: item._etag }], options)) as Stored<Entity>;
    } catch (error) {
      if (attempts >= maxAttempts || !isApiError(error, "precondition-failed")) throw error;
      await new Promise<void>((resolve) => {
        const signal = options?.signal;
        // The next call hears of a signal that ends the wait.
        const go = (): void => {
          signal?.removeEventListener("abort", go);
          resolve();
        };
        signal?.addEventListener("abort", go);
        setTimeout(go, retryWait(attempts) / 10);
      });
    }
  }
}
