import { refuseReserved } from "../cursors/cursorKey.ts";
import type { AnyDefinition, ItemBase } from "../definition/containerDefinition.ts";
import type { Documents } from "../definition/document.ts";
import { type PointKey, pointKeyReader } from "../definition/itemKey.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";

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
): (input: unknown, read?: Item) => ItemWriting {
  const readKey = storeKeyReader(definition);
  return (input, read) => {
    const item = documents.parse(input, read);
    return { key: readKey(item), ...documents.write(item) };
  };
}
