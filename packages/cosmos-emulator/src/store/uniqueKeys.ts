import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { valueAt } from "@cosmos-trpc/cosmos-sql";
import { isObject, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { readPath } from "../partitionKey/partitionKey.ts";

/** A unique key constraint: the paths whose values together occur once in a partition key. */
export type UniqueKey = readonly (readonly string[])[];

/** The constraints in a container's definition, which has been checked. */
export function uniqueKeysOf(definition: JsonObject): UniqueKey[] {
  const policy = own(definition, "uniqueKeyPolicy");
  const keys = isObject(policy) ? own(policy, "uniqueKeys") : undefined;
  if (!Array.isArray(keys)) return [];
  return keys.filter(isObject).map((key) => {
    const paths = own(key, "paths");
    return Array.isArray(paths) ? paths.map((path) => readPath(String(path))) : [];
  });
}

/** The values of a container's documents that have to be unique. Every change has to run in a transaction. */
export interface UniqueKeyIndex {
  /** The numbers of the documents that share a unique key with this one. */
  holders(pk: string, content: JsonObject): number[];
  put(number: number, pk: string, content: JsonObject): void;
  remove(number: number): void;
  drop(): void;
}

/** Longer values are known by their hash. */
const longestValue = 256;

/**
 * The values of a constraint's paths as text: equal values, equal text. What is missing counts as null, and so does
 * what is no scalar. Source: Learn, "Unique key constraints in Azure Cosmos DB" (sparse keys are not supported).
 */
function keyText(content: JsonObject, key: UniqueKey): string {
  const values = key.map((names) => {
    const value = valueAt(content, names);
    return value === undefined || typeof value === "object" ? null : value;
  });
  const text = JSON.stringify(values);
  return text.length > longestValue ? `#${createHash("sha256").update(text).digest("base64")}` : text;
}

/** Opens a container's unique keys, and makes their table when it is new; `undefined` where it has none. */
export function createUniqueKeyIndex(
  sql: DatabaseSync,
  container: number,
  keys: readonly UniqueKey[],
): UniqueKeyIndex | undefined {
  if (keys.length === 0) return undefined;
  const table = `unique_${container}`;
  sql.exec(`
CREATE TABLE IF NOT EXISTS ${table} (
  pk TEXT NOT NULL, key INTEGER NOT NULL, value TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (pk, key, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ${table}_number ON ${table} (number);`);
  const statements = {
    find: sql.prepare(`SELECT number FROM ${table} WHERE pk = ? AND key = ? AND value = ?`),
    insert: sql.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?)`),
    remove: sql.prepare(`DELETE FROM ${table} WHERE number = ?`),
  };
  return {
    holders: (pk, content) =>
      keys.flatMap((key, index) => {
        const row = statements.find.get(pk, index, keyText(content, key));
        return row === undefined ? [] : [row["number"] as number];
      }),
    put(number, pk, content) {
      statements.remove.run(number);
      for (const [index, key] of keys.entries()) {
        statements.insert.run(pk, index, keyText(content, key), number);
      }
    },
    remove(number) {
      statements.remove.run(number);
    },
    drop: () => sql.exec(`DROP TABLE ${table}`),
  };
}
