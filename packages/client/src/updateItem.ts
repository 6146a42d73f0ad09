import type { ItemsClient } from "./createClient.ts";
import { isItemsError } from "./itemsError.ts";
import { backoff } from "./retryDelay.ts";
import type { Item, RouterInputs } from "./routerTypes.ts";

/** What names an item. */
export type ItemKey = RouterInputs["items"]["get"];

/** The fields of an item that an update may set. What comes with the item and cannot be set is left out by itself. */
export type ItemChanges = Omit<RouterInputs["items"]["upsert"], "id" | "pk" | "ifMatch">;

/** Times that an update is begun at most. */
const mostAttempts = 10;

/**
 * Changes an item by what it is: reads it, has `change` say what it shall be, and writes that only over the version that
 * was read. When somebody else was faster it begins again, after a random wait, up to 10 times; `change` must
 * therefore do nothing but compute.
 *
 *     await updateItem(client, { id: "ada" }, (item) => ({ ...item, name: "Ada Lovelace" }));
 *
 * A write whose outcome is unknown (`unavailable`, `timeout`, `unreachable`) is not repeated, since it may have been done.
 *
 * @param change gives the whole item as it shall be, or `undefined` to leave it as it is
 * @returns the item as it is afterwards
 * @throws ItemsError `not-found` when there is no such item; `precondition-failed` when others were faster 10 times;
 *   and whatever else the calls throw
 */
export async function updateItem(
  client: ItemsClient,
  key: ItemKey,
  change: (item: Item) => ItemChanges | undefined | Promise<ItemChanges | undefined>,
  options?: { readonly signal?: AbortSignal },
): Promise<Item> {
  for (let attempts = 1; ; attempts += 1) {
    const item = await client.items.get.query(key, options);
    const changes = await change(item);
    if (changes === undefined) return item;
    const { etag: _, updatedAt: __, ...fields } = changes as ItemChanges & Partial<Item>;
    try {
      return await client.items.upsert.mutate(
        { ...fields, id: item.id, pk: item.pk, ifMatch: item.etag },
        options,
      );
    } catch (error) {
      if (attempts >= mostAttempts || !isItemsError(error, "precondition-failed")) throw error;
      await new Promise<void>((resolve) => {
        const signal = options?.signal;
        // The next call hears of a signal that ends the wait.
        const go = (): void => {
          signal?.removeEventListener("abort", go);
          resolve();
        };
        signal?.addEventListener("abort", go);
        setTimeout(go, backoff(attempts) / 10);
      });
    }
  }
}
