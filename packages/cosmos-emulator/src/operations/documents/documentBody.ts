import { type JsonObject, type JsonObjectDraft, own } from "@cosmos-trpc/cosmos-sql/json";
import { limits } from "../../limits.ts";
import { effectivePartitionKey } from "../../partitionKey/effectivePartitionKey.ts";
import {
  checkPartitionKeySize,
  extractPartitionKey,
  partitionKeyText,
  requestedKey,
  wrongKeyLength,
} from "../../partitionKey/partitionKey.ts";
import { type PartitionKeyRange, rangeOf } from "../../partitionKey/partitionKeyRange.ts";
import { childResourceId } from "../../resourceId.ts";
import { badRequest, tooLarge } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import type { DocumentKey, DocumentWrite } from "../../store/storedDocument.ts";
import { checkNesting } from "../request.ts";

/** Properties that the service owns. What a client sends under these names is dropped. */
export const systemProperties = ["_rid", "_self", "_etag", "_attachments", "_ts"] as const;

/** A document that was read from a request and checked, not yet stored. */
export interface NewDocument {
  /** Without system properties. */
  readonly content: JsonObject;
  /** The same as text. */
  readonly json: string;
  /** The text's size in UTF-8. */
  readonly bytes: number;
  /** Its own time to live, in seconds. */
  readonly ttl: number | null;
  readonly key: DocumentKey;
  readonly epk: string;
}

/**
 * Reads a document from a request: its id, its size and its partition key against the request's. System properties
 * are taken out of `content`.
 *
 * @param partitionKeyHeader the request's `x-ms-documentdb-partitionkey`, when it has one
 */
export function readNewDocument(
  container: ContainerEntry,
  content: JsonObjectDraft,
  partitionKeyHeader: string | undefined,
): NewDocument {
  for (const name of systemProperties) delete content[name];
  checkNesting(content);
  const json = JSON.stringify(content);
  const bytes = Buffer.byteLength(json);
  if (bytes > limits.itemBytes) throw tooLarge();
  const id = readId(content);
  const values = extractPartitionKey(content, container.partitionKey);
  checkPartitionKeySize(values);
  const pk = partitionKeyText(values);
  if (partitionKeyText(requestedKey(partitionKeyHeader, container.partitionKey)) !== pk) {
    throw badRequest(
      "PartitionKey extracted from document doesn't match the one specified in the header. Learn more: https://aka.ms/CosmosDB/sql/errors/wrong-pk-value",
      1001,
    );
  }
  return {
    content,
    json,
    bytes,
    ttl: readItemTtl(content),
    key: { pk, id },
    epk: effectivePartitionKey(values, container.partitionKey),
  };
}

/** The key of a document that a request's path and partition key header name, and the range that it lies in. */
export function readKey(
  container: ContainerEntry,
  id: string,
  partitionKeyHeader: string | undefined,
): DocumentKey & { readonly range: PartitionKeyRange } {
  const values = requestedKey(partitionKeyHeader, container.partitionKey);
  if (values.length !== container.partitionKey.paths.length) {
    throw wrongKeyLength(values.length, container.partitionKey.paths.length);
  }
  const { ranges, partitionKey } = container;
  const [only] = ranges;
  // The hash is computed only where there is a choice.
  const range =
    only !== undefined && ranges.length === 1
      ? only
      : rangeOf(ranges, effectivePartitionKey(values, partitionKey));
  return { pk: partitionKeyText(values), id, range };
}

/** Source: Learn, "Azure Cosmos DB service quotas, per-item limits": all characters but `/` and `\` are allowed. */
function readId(content: JsonObject): string {
  const id = own(content, "id");
  if (id === undefined) {
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing");
  }
  if (typeof id !== "string" || id === "") {
    throw badRequest("The input content is invalid because the property 'id' is not a non-empty string.");
  }
  if (Buffer.byteLength(id) > limits.idBytes) {
    throw badRequest(
      `The input name is invalid: the property 'id' has ${Buffer.byteLength(id)} bytes. Ensure to provide a unique non-empty string less than '${limits.idBytes + 1}' characters.`,
    );
  }
  if (/[/\\]/.test(id)) {
    throw badRequest(
      "The input content is invalid because the property 'id' contains one of the characters / \\ that an id may not have.",
    );
  }
  return id;
}

/** Source: Learn, "Time to live": -1 for ever, else whole seconds; another value of `ttl` is refused, null too (azure-cosmos for Python, tests/test_ttl.py). */
function readItemTtl(content: JsonObject): number | null {
  const ttl = own(content, "ttl");
  if (ttl === undefined) return null;
  if (typeof ttl === "number" && Number.isInteger(ttl) && (ttl === -1 || (ttl > 0 && ttl <= 2 ** 31 - 1)))
    return ttl;
  throw badRequest(
    `The input ttl '${JSON.stringify(ttl).slice(0, 50)}' is invalid. Ensure to provide a nonzero positive integer value less than or equal to 2147483647, or -1.`,
  );
}

/** What the system properties add to a document's text, at most. */
export const systemBytes = 512;

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");

/** What a version of a document is known by: never the same twice in a container. */
function newEtag(lsn: number, ts: number): string {
  const random = hex(Math.floor(Math.random() * 0x10000), 4);
  return `"${hex(lsn % 2 ** 32, 8)}-${hex(Math.floor(lsn / 2 ** 32), 4)}-${random}-0000-${hex(ts, 8)}0000"`;
}

/** Completes a document for the store: the next log sequence number, a new etag, the system properties. */
export function complete(container: ContainerEntry, document: NewDocument, number?: number): DocumentWrite {
  const lsn = container.documents.nextLsn();
  const ts = Math.floor(Date.now() / 1000);
  const etag = newEtag(lsn, ts);
  const kept = number ?? lsn;
  const rid = childResourceId(container.rid, kept);
  const system = {
    _rid: rid,
    _self: `dbs/${container.database.rid}/colls/${container.rid}/docs/${rid}/`,
    _etag: etag,
    _attachments: "attachments/",
    _ts: ts,
  };
  // Joined as text, so that a document is serialized once. It has at least an id: the comma is always right.
  const body = `${document.json.slice(0, -1)},${JSON.stringify(system).slice(1)}`;
  const { key, epk, ttl } = document;
  return { number: kept, key, epk, ttl, etag, lsn, ts, body, content: { ...document.content, _ts: ts } };
}
