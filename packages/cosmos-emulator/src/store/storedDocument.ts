import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";

/** Where a document stands: its partition key's text and its id. */
export interface DocumentKey {
  /** The partition key as `partitionKeyText` writes it. */
  readonly pk: string;
  readonly id: string;
}

/** A stored document: the columns of its row but for its key. */
export interface StoredDocument {
  /** Its number in the container, kept from create to delete: the last half of its `_rid`. */
  readonly number: number;
  readonly etag: string;
  /** The log sequence number of its last write: higher than that of all writes before it in the container. */
  readonly lsn: number;
  /** When it was last written, in seconds since 1970. */
  readonly ts: number;
  /** Its own time to live in seconds, -1 for ever; null where it says nothing. */
  readonly ttl: number | null;
  /** The effective partition key. */
  readonly epk: string;
  /** The whole document as JSON, system properties included: what a point read answers. */
  readonly body: string;
}

/** A document to store. */
export interface DocumentWrite extends StoredDocument {
  readonly key: DocumentKey;
  /** What of it is indexed: its content and `_ts`. */
  readonly content: JsonObject;
}

/** A stretch of the hash space: effective partition keys from `min`, included, to `max`, excluded. */
export interface EpkRange {
  readonly min: string;
  readonly max: string;
}

/** What is read of a row: a {@link StoredDocument}. */
export const columns = "number, etag, lsn, ts, ttl, epk, body";
