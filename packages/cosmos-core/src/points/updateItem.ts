import { type BackOff, jitteredBackOff, pause } from "@cosmos-trpc/base";
import type { AnyDefinition, ItemBase } from "../definition/containerDefinition.ts";
import type { Documents, Stored } from "../definition/document.ts";
import type { PointKey } from "../definition/itemKey.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import { type ItemWriting, itemWriter } from "./itemWriting.ts";
import { isOvertaken, type PointSender } from "./pointSender.ts";
import type { ItemResult, OperationOptions } from "./pointStore.ts";

/** Waits before an update that was overtaken begins again, in milliseconds. */
const retries: BackOff = { first: 20, max: 1_000 };

/** Attempts of an update that others overtake. */
const maxUpdates = 10;

/** Makes a store's `update`. */
export function createUpdateItem<Item extends ItemBase>(
  definition: AnyDefinition,
  documents: Documents<Item>,
  { run, explain }: PointSender<Item>,
) {
  const writing = itemWriter(definition, documents);

  return async function updateItem(
    key: PointKey,
    change: (item: Stored<Item>) => unknown,
    { signal }: OperationOptions,
  ): Promise<ItemResult<Item>> {
    for (let attempt = 1, requestCharge = 0; ; attempt += 1) {
      const read = await run(signal, { kind: "read", key });
      requestCharge += read.requestCharge;
      const written = changed(await change(read.item), read.item, key);
      try {
        const result = await run(signal, { kind: "replace", ...written, ifMatch: read.item._etag });
        return { ...result, requestCharge: requestCharge + result.requestCharge };
      } catch (error) {
        if (!isOvertaken(error) || attempt === maxUpdates) throw await explain(key, error, false);
        requestCharge += error.requestCharge ?? 0;
        await pause(jitteredBackOff(attempt, retries), signal);
      }
    }
  };

  /** What to write of what an update made of an item. */
  function changed(item: unknown, read: Item, key: PointKey): ItemWriting {
    if (typeof item !== "object" || item === null) {
      throw invalidInput(
        [{ path: "", message: "its function has to return the whole changed item" }],
        "The update cannot be made",
      );
    }
    const written = writing(item, read);
    if (JSON.stringify(written.key) === JSON.stringify(key)) return written;
    throw invalidInput([
      {
        path: "id",
        message: "has to stay, and the partition key too: create the other item and delete this one",
      },
    ]);
  }
}
