import { randomUUID } from "node:crypto";
import {
  isRecord,
  type JsonPath,
  type JsonRules,
  jsonProblem,
  maxJsonDepth,
  pathText,
  valueAt,
} from "@cosmos-trpc/base";
import { type FailureCode, type FieldProblem, StoreError } from "../errors/errors.ts";
import { invalidInput, problemsText } from "../errors/invalidInput.ts";
import { type AnyDefinition, type ItemBase, partitionKeyPaths } from "./containerDefinition.ts";
import { definitionPath } from "./containerPath.ts";
import { jsonBytes, lookOver } from "./jsonBytes.ts";
import { applySchema, fitToSchema, unsettledField } from "./schemaFit.ts";
import type { ItemDefinition } from "./serviceTypes.ts";

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

/** Bytes of an input that a schema sees: somewhat more, since it may leave out some of them. */
const maxInputBytes = maxItemBytes + 64 * 1024;

/** Where a document has its schema's version; one without it has version 1. */
export const versionField = "_schemaVersion";

/** How often a store has checked what it read, since it was opened. */
export interface ReadCounts {
  /** Documents that were read. */
  readonly checked: number;
  /** Of these, the ones of an older version of the schema, which were upgraded. */
  readonly upgraded: number;
  /** The ones that did not fit the schema, and were answered as an error or left out of a page's items. */
  readonly unfit: number;
}

/** A document that is no item by the definition's schema. */
export interface UnfitDocument {
  /** As it is stored, with what the service keeps about it. */
  readonly document: Readonly<Record<string, unknown>>;
  /** `misconfigured`: its message says for the operator what does not fit, and what to do. */
  readonly error: StoreError;
}

/**
 * Where a document that was answered says which of its numbers were lost when it was read (`sdk/unsafeNumbers.ts`). The
 * SDK reads answers with `JSON.parse`, and hands nothing else on. The name is another one in every process: no document
 * can have it.
 */
export const unsafeNumbersField: string = randomUUID();

/** A container's items and their documents, each made from the other. */
export interface Documents<Item extends ItemBase> {
  /**
   * What the schema makes of an item that is to be written. What the service keeps may stand in it, as in an item that
   * was read, and is left out.
   *
   * @param read the item as it was read: what stands in it and the schema does not know is kept, where it still stands
   * @throws StoreError `invalid` that names every wrong field, `misconfigured` where the schema itself fails
   */
  parse(input: unknown, read?: Item): Item;
  /** The document of an item, and its bytes as JSON. @throws StoreError `too-large`, `invalid` for what is no JSON */
  write(item: Item): { readonly body: ItemDefinition; readonly size: number };
  /** What callers see of a document that was just written: with `_etag` and `_ts`, and nothing else of the service's. */
  written(document: ItemDefinition): Stored<Item>;
  /**
   * The same of a document that was found: upgraded to the schema's version, checked by the schema, with its defaults.
   *
   * @throws StoreError `misconfigured` when it is of a later version, or does not fit
   */
  read(document: ItemDefinition): Stored<Item>;
  /** The same of many. Those that do not fit are not among the items. */
  readAll(documents: readonly ItemDefinition[]): {
    readonly items: readonly Stored<Item>[];
    readonly unfit?: readonly UnfitDocument[];
  };
  /** Tells the operator of a document that does not fit. @returns the failure that says what does not */
  tellUnfit(document: ItemDefinition, problems: readonly FieldProblem[]): StoreError;
  /** Whether a document is of an older version than the schema. */
  isOld(document: ItemDefinition): boolean;
  counts(): ReadCounts;
}

/**
 * Makes documents of a container's items, and items of its documents.
 *
 * @param onUnfit is told of documents that are left out of many; of one alone its reader is told
 */
export function createDocuments<Item extends ItemBase>(
  definition: AnyDefinition,
  onUnfit: (error: StoreError) => void = () => undefined,
): Documents<Item> {
  const { version = 1, upgrades = [] } = definition;
  const keyPaths = [["id"], ...partitionKeyPaths(definition).map(definitionPath)];
  let [checked, upgraded, unfit] = [0, 0, 0];
  let isSettled = false;

  /** Refuses the first write by a schema whose items would not be read: nothing of it is stored then. */
  function checkOnce(item: object): void {
    if (isSettled) return;
    const field = unsettledField(definition, item);
    if (field !== undefined) {
      const message = `The schema of ${definition.id} is wrong: ${field.path} ${field.message}.`;
      throw new StoreError("misconfigured", message, { code: "schema-broken" });
    }
    isSettled = true;
  }

  const misfit = (document: ItemDefinition, problem: string, code: FailureCode): StoreError => {
    const key = Object.fromEntries(keyPaths.map((path) => [pathText(path), valueAt(document, path)]));
    const message = `The item ${JSON.stringify(key)} of ${definition.id} ${problem}`;
    return new StoreError("misconfigured", message, { code });
  };

  function versionOf(document: ItemDefinition): number {
    const { [versionField]: stored = 1 } = document;
    if (Number.isSafeInteger(stored) && (stored as number) >= 1) return stored as number;
    const shown = JSON.stringify(stored).slice(0, 100);
    const problem = `has the ${versionField} ${shown}, which is no version of a schema: something else wrote it. Write the item anew.`;
    throw misfit(document, problem, "item-unfit");
  }

  function upgrade(document: ItemDefinition, item: Record<string, unknown>, from: number): typeof item {
    upgraded += 1;
    try {
      return {
        ...upgrades.slice(from - 1).reduce((old, step) => step(old), item),
      };
    } catch (error) {
      throw misfit(document, `cannot be upgraded from version ${from}: ${String(error)}.`, "schema-broken");
    }
  }

  function found(document: ItemDefinition): Stored<Item> {
    const from = versionOf(document);
    if (from > version) {
      throw misfit(
        document,
        `is of version ${from} of its schema, and this process knows ${version}: deploy the newer one here too.`,
        "schema-outdated",
      );
    }
    const stored = bare(document);
    const item = from < version ? upgrade(document, stored, from) : stored;
    const lost = lostNumbers(document);
    const problems = lost.length > 0 ? lost : fitToSchema(definition, item);
    if (problems.length === 0) return withServiceFields(item, document) as Stored<Item>;
    if (from === version) throw unfitting(document, problems);
    const mend = `after its upgrade from version ${from}: correct the definition's \`upgrades\`.`;
    throw misfit(document, `does not fit its schema (${problemsText(problems)}) ${mend}`, "schema-broken");
  }

  const unfitting = (document: ItemDefinition, problems: readonly FieldProblem[]): StoreError =>
    misfit(
      document,
      `does not fit its schema (${problemsText(problems)}) as it is stored: give a new field a default, raise the definition's \`version\` with an upgrade, or write the item anew.`,
      "item-unfit",
    );

  function read(document: ItemDefinition): Stored<Item> {
    checked += 1;
    try {
      return found(document);
    } catch (error) {
      unfit += 1;
      throw error;
    }
  }

  return {
    parse(input, known) {
      if (isRecord(input) && Object.hasOwn(input, versionField)) {
        throw invalidInput([{ path: versionField, message: "is kept by the store: leave it out" }]);
      }
      const { bytes, hasProto } = lookOver(input, maxInputBytes);
      // Before the schema sees it, which takes seconds to say what is wrong with a million elements.
      if (bytes > maxInputBytes) throw tooLarge(`more than ${maxItemBytes}`);
      const isKept = (path: JsonPath) => valueAt(known, path) !== undefined;
      const applied = applySchema(definition, withoutServiceFields(input), isKept, hasProto);
      if ("problems" in applied) throw invalidInput(applied.problems);
      if (known === undefined) checkOnce(applied.item);
      return applied.item as Item;
    },
    write(item) {
      const problem = jsonProblem(item, itemRules);
      if (problem !== undefined) throw invalidInput([problem]);
      const body = (version === 1 ? item : { ...item, [versionField]: version }) as ItemDefinition;
      const size = jsonBytes(body);
      if (size > maxItemBytes) throw tooLarge(String(size));
      return { body, size };
    },
    written: (document) => withServiceFields(bare(document), document) as Stored<Item>,
    read,
    readAll(documents) {
      const items: Stored<Item>[] = [];
      const others: UnfitDocument[] = [];
      for (const document of documents) {
        try {
          items.push(read(document));
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          const { [unsafeNumbersField]: _numbers, ...stored } = document;
          others.push({ document: stored, error });
          onUnfit(error);
        }
      }
      return others.length === 0 ? { items } : { items, unfit: others };
    },
    tellUnfit(document, problems) {
      const failure = unfitting(document, problems);
      onUnfit(failure);
      return failure;
    },
    isOld: (document) => versionOf(document) < version,
    counts: () => ({ checked, upgraded, unfit }),
  };
}

/** The numbers of a document that are not what is stored. */
export const lostNumbers = (document: ItemDefinition): readonly FieldProblem[] =>
  (document[unsafeNumbersField] as FieldProblem[] | undefined) ?? noNumbers;

const noNumbers: readonly FieldProblem[] = [];

/** A copy of a document without what the service and the store keep in it. A page has a hundred: nothing is faster. */
function bare(document: ItemDefinition): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const name in document) {
    if (keptFields.has(name)) continue;
    if (name !== "__proto__") item[name] = document[name];
    else Object.defineProperty(item, name, { ...everyday, value: document[name] });
  }
  return item;
}

const keptFields: ReadonlySet<string> = new Set([...serviceFields, versionField, unsafeNumbersField]);
const everyday = { configurable: true, enumerable: true, writable: true };

/** Into the copy that was just made, property by property: a page has a hundred of them. */
function withServiceFields(item: Record<string, unknown>, { _etag, _ts }: ItemDefinition): object {
  item["_etag"] = _etag;
  item["_ts"] = _ts;
  return item;
}

const tooLarge = (bytes: string): StoreError =>
  new StoreError("too-large", `The item has ${bytes} bytes as JSON, at most ${maxItemBytes} are allowed.`);

function withoutServiceFields(input: unknown): unknown {
  if (!isRecord(input) || !serviceFields.some((name) => Object.hasOwn(input, name))) return input;
  const { _rid, _self, _etag, _ts, _attachments, _lsn, ...item } = input as Record<string, unknown>;
  return item;
}

/** An item has its fields one level down; what is undefined in it is left out. */
const itemRules: JsonRules = { maxDepth: maxJsonDepth + 1, mayHaveUndefined: true };
