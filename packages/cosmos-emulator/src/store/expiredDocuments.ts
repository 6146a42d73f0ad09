import type { DatabaseSync } from "node:sqlite";
import type { Documents } from "./documents.ts";
import { columns, type StoredDocument } from "./storedDocument.ts";

/**
 * Finds documents whose time to live is over.
 *
 * @param table the documents' table
 */
export function createExpired(sql: DatabaseSync, table: string): Documents["expired"] {
  const byItem = sql.prepare(`SELECT ${columns} FROM ${table} WHERE ttl > 0 AND ts + ttl <= ? LIMIT ?`);
  const byDefault = sql.prepare(`SELECT ${columns} FROM ${table} WHERE ttl IS NULL AND ts <= ? LIMIT ?`);
  return (now, defaultTtl, limit) => {
    const found = byItem.all(now, limit) as unknown as StoredDocument[];
    if (defaultTtl <= 0 || found.length === limit) return found;
    // Only containers with a default pay for this index.
    sql.exec(`CREATE INDEX IF NOT EXISTS ${table}_ts ON ${table} (ts) WHERE ttl IS NULL`);
    const rest = byDefault.all(now - defaultTtl, limit - found.length);
    return [...found, ...(rest as unknown as StoredDocument[])];
  };
}
