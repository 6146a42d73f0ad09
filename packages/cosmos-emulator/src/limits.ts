/**
 * The service's limits; those of queries and of nesting are cosmos-sql's.
 * Source: Microsoft Learn, "Azure Cosmos DB service quotas, per-item limits" (concepts-limits).
 */
export const limits = {
  /** UTF-8 bytes of one item's JSON. */
  itemBytes: 2 * 1024 * 1024,
  /** UTF-8 bytes of an item's `id`. */
  idBytes: 1023,
  /** UTF-8 bytes of a partition key value. Version 1 only hashes less of it: Learn, "Large partition keys". */
  partitionKeyBytes: 2048,
  /** Characters of a database's or container's name. */
  resourceNameLength: 255,
  /** Operations in one batch, transactional or not. */
  batchOperations: 100,
  /** Bytes of a transactional batch's request. Source: Learn, "Transactional batch operations, limitations". */
  batchBytes: 2 * 1024 * 1024,
  /** Bytes of an answer. Source: Learn, "Azure Cosmos DB service quotas": a response has up to 4 MB. */
  responseBytes: 4 * 1024 * 1024,
  /** Operations in one patch. Source: Learn, "Partial document update FAQ". */
  patchOperations: 10,
  /** Constraints of a container's unique key policy. Source: Learn, "Unique key constraints". */
  uniqueKeys: 10,
  /** Paths of one unique key constraint. */
  uniqueKeyPaths: 16,
  /** Computed properties of a container. Source: Learn, "Computed properties". */
  computedProperties: 20,
  /** What a request's body may have: an item with room for a batch's or a query's envelope. */
  requestBytes: 4 * 1024 * 1024,
} as const;
