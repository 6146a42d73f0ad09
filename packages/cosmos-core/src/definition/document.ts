import type { ItemDefinition, Resource } from "@azure/cosmos";
import { type JsonRules, jsonProblem, maxJsonDepth } from "@cosmos-trpc/base";
import { z } from "zod";
import { type FieldProblem, StoreError } from "../errors/errors.ts";
import { describeIssues, fieldProblems, invalidInput } from "../errors/invalidInput.ts";
import type { AnyDefinition, ItemBase } from "./containerDefinition.ts";
import { jsonBytes } from "./jsonBytes.ts";

/** An item as it is stored: with what the service keeps about it, under the service's names. */
export type Stored<Item> = Item & {
  /**
   * The version, in the quotes that the service gives it: write with it as `ifMatch` to be sure that nothing was changed
   * in between.
   */
  readonly _etag: string;
  /** When it was last written, in seconds since 1970. */
  readonly _ts: number;
};

/** What the service keeps in each document, beside the item's own fields. Nothing that is written changes them. */
export const serviceFields = ["_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"] as const;

/** Bytes of UTF-8 that an item's JSON may have. Source: Learn, "Azure Cosmos DB service quotas", per-item limits. */
export const maxItemBytes = 2 * 1024 * 1024;

/** Where a document has its schema's version; one without it has version 1. */
export const versionField = "_schemaVersion";

/** A container's items and their documents, each made from the other. */
export interface Documents<Item extends ItemBase> {
  /**
   * What the schema makes of an item that is to be written. What the service keeps may stand in it, as in an item that
   * was read, and is left out.
   *
   * @throws StoreError `invalid` that names every wrong field, `misconfigured` where the schema itself fails
   */
  parse(input: unknown): Item;
  /** The document of an item, and its bytes as JSON. @throws StoreError `too-large`, `invalid` for what is no JSON */
  write(item: Item): { readonly body: ItemDefinition; readonly size: number };
  /**
   * What callers see: the item, upgraded to the schema's version, with `_etag` and `_ts` and none of the service's other
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
      { code: "schema-broken" },
    );
  }

  return {
    parse(input) {
      if (isObject(input) && Object.hasOwn(input, versionField)) {
        throw refuse([{ path: versionField, message: "is kept by the store: leave it out" }]);
      }
      const parsed = safeParse(definition, withoutServiceFields(input));
      if (!parsed.success) throw refuse(fieldProblems(parsed.error));
      return parsed.data as unknown as Item;
    },
    write(item) {
      const problem = jsonProblem(item, itemRules);
      if (problem !== undefined) throw refuse([problem]);
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
          { code: "schema-outdated" },
        );
      }
      const current = from < version ? { ...upgrade(item, from) } : item;
      // Into the copy that was just made, property by property: a page has a hundred of them.
      const read = current as Record<string, unknown>;
      read["_etag"] = _etag;
      read["_ts"] = _ts;
      return read as unknown as Stored<Item>;
    },
    isOld: (document) => versionOf(document) < version,
  };
}

const refuse = (fields: readonly FieldProblem[]): StoreError =>
  invalidInput("The item breaks its schema", fields);

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function withoutServiceFields(input: unknown): unknown {
  if (!isObject(input) || !serviceFields.some((name) => Object.hasOwn(input, name))) return input;
  const { _rid, _self, _etag, _ts, _attachments, _lsn, ...item } = input as Record<string, unknown>;
  return item;
}

/** Applies a schema, whatever its author's functions throw. */
function safeParse({ id, schema }: AnyDefinition, input: unknown): z.ZodSafeParseResult<ItemBase> {
  try {
    return schema.safeParse(input);
  } catch (error) {
    if (error instanceof RangeError) throw refuse([tooDeep]);
    const message =
      error instanceof z.core.$ZodAsyncError
        ? `The schema of ${id} has an asynchronous check or transform: a store applies schemas at once. Check that before the item is written.`
        : `The schema of ${id} fails: ${String(error)}. A check or transform of it throws where it has to add an issue.`;
    throw new StoreError("misconfigured", message, { code: "schema-broken" }, error);
  }
}

/** An item has its fields one level down; what is undefined in it is left out. */
const itemRules: JsonRules = { maxDepth: maxJsonDepth + 1, mayHaveUndefined: true };

const tooDeep: FieldProblem = { path: "", message: `nests deeper than ${maxJsonDepth} levels` };
