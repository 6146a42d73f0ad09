import type { ItemDefinition, Resource } from "@azure/cosmos";
import { StoreError } from "../errors/errors.ts";
import { describeIssues } from "../errors/invalidInput.ts";
import type { AnyDefinition, ItemBase } from "./defineContainer.ts";
import { bareEtag } from "./etag.ts";
import { jsonBytes } from "./jsonBytes.ts";

/** An item as it is stored: with what the service keeps about it. */
export type Stored<Item> = Item & {
  /**
   * The version, without the quotes that HTTP puts around it: write with it as `ifMatch` to be sure that nothing was
   * changed in between.
   */
  readonly etag: string;
  /** When it was last written, as ISO 8601 in UTC; to the second. */
  readonly updatedAt: string;
};

/** Bytes of UTF-8 that an item's JSON may have. Source: Learn, "Azure Cosmos DB service quotas", per-item limits. */
export const maxItemBytes = 2 * 1024 * 1024;

/** Where a document has its schema's version; one without it has version 1. */
export const versionField = "_schemaVersion";

/** A container's items and their documents, each made from the other. */
export interface Documents<Item extends ItemBase> {
  /** The document of an item, and its bytes as JSON. @throws StoreError `too-large` */
  write(item: Item): { readonly body: ItemDefinition; readonly size: number };
  /**
   * What callers see: the item, upgraded to the schema's version, its etag and its time, none of the service's other
   * properties.
   *
   * @throws StoreError `misconfigured` when the document is of a later version, or does not fit after its upgrade
   */
  read(document: ItemDefinition): Stored<Item>;
  /** Whether a document is of an older version than the schema. */
  isOld(document: ItemDefinition): boolean;
}

/** Makes documents of a container's items, and items of its documents. */
export function createDocuments<Item extends ItemBase>(definition: AnyDefinition): Documents<Item> {
  const { version = 1, upgrades = [], schema } = definition;
  const versionOf = (document: ItemDefinition): number => Number(document[versionField] ?? 1);

  function upgrade(item: Record<string, unknown>, from: number): Record<string, unknown> {
    const upgraded = upgrades.slice(from - 1).reduce((old, step) => step(old), item);
    const parsed = schema.safeParse(upgraded);
    if (parsed.success) return parsed.data as unknown as Record<string, unknown>;
    throw new StoreError(
      "misconfigured",
      `The item ${String(item["id"])} of version ${from} does not fit the schema of ${definition.id} after its upgrade to version ${version}: ${describeIssues(parsed.error)}. Correct the definition's \`upgrades\`.`,
    );
  }

  return {
    write(item) {
      const body = (version === 1 ? item : { ...item, [versionField]: version }) as ItemDefinition;
      const size = jsonBytes(body);
      if (size > maxItemBytes) {
        throw new StoreError(
          "too-large",
          `The item has ${size} bytes as JSON, at most ${maxItemBytes} are allowed.`,
        );
      }
      return { body, size };
    },
    read(document) {
      const {
        _rid,
        _self,
        _attachments,
        _etag,
        _ts,
        _lsn,
        [versionField]: _version,
        ...item
      } = document as ItemDefinition & Resource;
      const from = versionOf(document);
      if (from > version) {
        throw new StoreError(
          "misconfigured",
          `The item ${document.id} is of version ${from} of the schema of ${definition.id}, this process knows ${version}: deploy the newer one here too.`,
        );
      }
      const current = from < version ? { ...upgrade(item, from) } : item;
      // Into the copy that was just made, property by property: a page has a hundred of them.
      const read = current as Record<string, unknown>;
      read["etag"] = bareEtag(_etag);
      read["updatedAt"] = new Date(_ts * 1000).toISOString();
      return read as unknown as Stored<Item>;
    },
    isOld: (document) => versionOf(document) < version,
  };
}
