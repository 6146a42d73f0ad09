import type { AnyDefinition, ItemBase } from "../definition/defineContainer.ts";
import type { Documents, Stored } from "../definition/document.ts";
import { quotedEtag } from "../definition/etag.ts";
import { type PointKey, pointKeyReader } from "../definition/itemKey.ts";
import { fieldProblems, invalidInput } from "../errors/invalidInput.ts";
import { pause, waitBefore } from "../sdk/retryWait.ts";
import { isOvertaken, type PointSender } from "./pointSender.ts";
import type { ItemResult, OperationOptions } from "./pointStore.ts";

/** Attempts of an update that others overtake. */
const maxUpdates = 10;

/** Makes a store's `update`. */
export function createUpdateItem<Item extends ItemBase>(
  definition: AnyDefinition,
  documents: Documents<Item>,
  { run, explain }: PointSender<Item>,
) {
  const readKey = pointKeyReader(definition);

  return async function updateItem(
    key: PointKey,
    change: (item: Stored<Item>) => Item | Promise<Item>,
    { signal }: OperationOptions,
  ): Promise<ItemResult<Item>> {
    for (let attempt = 1, requestCharge = 0; ; attempt += 1) {
      const read = await run(signal, { kind: "read", key });
      requestCharge += read.requestCharge;
      const { etag } = read.item;
      const written = documents.write(changed(await change(read.item), key));
      try {
        const result = await run(signal, { kind: "replace", key, ...written, ifMatch: quotedEtag(etag) });
        return { ...result, requestCharge: requestCharge + result.requestCharge };
      } catch (error) {
        if (!isOvertaken(error) || attempt === maxUpdates) throw await explain(key, error, false);
        requestCharge += error.requestCharge ?? 0;
        await pause(waitBefore(attempt), signal);
      }
    }
  };

  /** What an update made of an item, by its schema. */
  function changed(item: Item, key: PointKey): Item {
    if (typeof item !== "object" || item === null) {
      throw invalidInput("The update cannot be made", [
        { path: "", message: "its function has to return the whole changed item" },
      ]);
    }
    const { etag, updatedAt, ...bare } = item as Item & Partial<Stored<unknown>>;
    const checked = definition.schema.safeParse(bare);
    if (!checked.success)
      throw invalidInput("The changed item breaks its schema", fieldProblems(checked.error));
    const result = checked.data as unknown as Item;
    if (JSON.stringify(readKey(result)) === JSON.stringify(key)) return result;
    throw invalidInput("An update cannot change what names the item", [
      {
        path: "id",
        message: "has to stay, and the partition key too: create the other item and delete this one",
      },
    ]);
  }
}
