import type { AnyDefinition } from "../definition/containerDefinition.ts";
import type { Documents } from "../definition/document.ts";
import type { EntityTypes } from "../definition/entityTypes.ts";
import { quotedEtag } from "../definition/etag.ts";
import { StoreError } from "../errors/errors.ts";
import type { PointOperation } from "../sdk/pointOperation.ts";
import { createGetMany } from "./getMany.ts";
import { itemWriter, storeKeyReader } from "./itemWriting.ts";
import { createPatchItem } from "./patchItem.ts";
import { createPointSender, mismatch, type Submit } from "./pointSender.ts";
import type { PointStore } from "./pointStore.ts";
import { createUpdateItem } from "./updateItem.ts";

/** Makes the operations on single items of a container. */
export function createPointStore<Types extends EntityTypes>(
  submit: Submit,
  definition: AnyDefinition,
  documents: Documents<Types["item"]>,
): PointStore<Types> {
  const keyOf = storeKeyReader(definition);
  const writing = itemWriter(definition, documents);
  const sender = createPointSender(submit, documents);
  const { send, run, overwrite, explain } = sender;
  const patchItem = createPatchItem(definition, documents, sender);
  const updateItem = createUpdateItem(definition, documents, sender);

  return {
    get: async (key, { signal } = {}) => run(signal, { kind: "read", key: keyOf(key) }),
    getMany: createGetMany<Types["item"], Types["key"]>(sender, keyOf),
    async upsert(item, { ifMatch, signal } = {}) {
      const written = writing(item);
      if (ifMatch === undefined) return run(signal, { kind: "upsert", ...written });
      // The service's own upsert ignores If-Match for an item that is not there, and creates it.
      try {
        return await overwrite(signal, { kind: "replace", ...written, ifMatch: quotedEtag(ifMatch) });
      } catch (error) {
        if (!(error instanceof StoreError) || error.reason !== "not-found") throw error;
        throw new StoreError("precondition-failed", mismatch(true), error, error);
      }
    },
    create: async (item, { signal } = {}) => run(signal, { kind: "create", ...writing(item) }),
    replace: async (item, { ifMatch, signal } = {}) =>
      overwrite(signal, { kind: "replace", ...writing(item), ...conditionOf(ifMatch) }),
    patch: async (key, changes, options = {}) => patchItem(keyOf(key), changes, options),
    async delete(key, { ifMatch, signal } = {}) {
      const operation: PointOperation = { kind: "delete", key: keyOf(key), ...conditionOf(ifMatch) };
      try {
        return { requestCharge: (await send(signal, operation)).requestCharge };
      } catch (error) {
        throw await explain(operation.key, error, false);
      }
    },
    update: async (key, change, options = {}) => updateItem(keyOf(key), change, options),
  };
}

const conditionOf = (ifMatch: string | undefined) =>
  ifMatch === undefined ? {} : { ifMatch: quotedEtag(ifMatch) };
