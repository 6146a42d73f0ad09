import type { ItemDefinition } from "@azure/cosmos";
import { refuseReserved } from "../cursors/cursorKey.ts";
import type { AnyDefinition, ItemBase } from "../definition/defineContainer.ts";
import type { Documents } from "../definition/document.ts";
import { writableIdRules } from "../definition/idRules.ts";
import { type PointKey, pointKeyReader } from "../definition/itemKey.ts";
import { invalidInput } from "../errors/invalidInput.ts";

/** What a write sends of an item. */
export interface ItemWriting {
  readonly key: PointKey;
  readonly body: ItemDefinition;
  /** Bytes of the body as JSON. */
  readonly size: number;
}

/** Reads the keys of items, of which the store's own document is none. @throws StoreError `invalid` */
export function storeKeyReader(definition: AnyDefinition): (key: { readonly id: string }) => PointKey {
  const readKey = pointKeyReader(definition);
  return (key) => {
    const read = readKey(key);
    refuseReserved(read.id);
    return read;
  };
}

/**
 * Makes of items, as they come, what their writes send. Every write goes through it, and so through the schema, once.
 *
 * @throws StoreError `invalid`, `too-large`
 */
export function itemWriter<Item extends ItemBase>(
  definition: AnyDefinition,
  documents: Documents<Item>,
): (item: unknown) => ItemWriting {
  const readKey = storeKeyReader(definition);
  return (input) => {
    const item = documents.parse(input);
    const key = readKey(item);
    refuseUnwritable(key.id);
    return { key, ...documents.write(item) };
  };
}

/** An id that the SDK or the service refuses to write, the SDK as if the service could not be reached. */
function refuseUnwritable(id: string): void {
  const broken = Object.values(writableIdRules).find(({ holds }) => !holds(id));
  if (broken === undefined) return;
  throw invalidInput("The item cannot be written", [{ path: "id", message: broken.message }]);
}
