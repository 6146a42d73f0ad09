import type { DatabaseSync } from "node:sqlite";

/** Where a document stands: its partition key's text and its id. */
export interface DocumentKey {
  /** The partition key as `partitionKeyText` writes it. */
  readonly pk: string;
  readonly id: string;
}

/** A stored document. */
export interface StoredDocument {
  /** Its number in the container, kept from create to delete: the last half of its `_rid`. */
  readonly number: number;
  readonly etag: string;
  /** The log sequence number of its last write: higher than that of all writes before it in the container. */
  readonly lsn: number;
  /** When it was last written, in seconds since 1970. */
  readonly ts: number;
  /** The whole document as JSON, system properties included: what a point read answers. */
  readonly body: string;
}

/** A document to store. */
export interface DocumentWrite extends StoredDocument {
  readonly key: DocumentKey;
  /** The effective partition key. */
  readonly epk: string;
}

/** The documents of one container. Every write has to run in a transaction of the store. */
export interface Documents {
  /** The log sequence number of the last write. */
  lsn(): number;
  /** Takes the next log sequence number. One taken in a transaction that fails is not used again. */
  nextLsn(): number;
  count(): number;
  find(key: DocumentKey): StoredDocument | undefined;
  /** Finds by the number in a `_rid`. */
  findByNumber(number: number): (StoredDocument & DocumentKey) | undefined;
  insert(write: DocumentWrite): void;
  update(write: DocumentWrite): void;
  remove(number: number): void;
  /** Up to `limit` documents in the order of their numbers, after the one numbered `after`. */
  scan(after: number, limit: number): StoredDocument[];
  /** The container's end: drops the table. */
  drop(): void;
}

const columns = "number, etag, lsn, ts, body";

/**
 * SQLite's text ends at NUL for some readers and has no lone surrogates: ids that have either are kept in their JSON
 * form, and so are those that begin like one.
 */
const idText = (id: string): string =>
  id.startsWith('"') || id.includes("\0") || !id.isWellFormed() ? JSON.stringify(id) : id;

/** Opens the documents of a container, and makes their table when it is new. */
export function createDocuments(sql: DatabaseSync, container: number): Documents {
  const table = `documents_${container}`;
  sql.exec(`
CREATE TABLE IF NOT EXISTS ${table} (
  number INTEGER PRIMARY KEY, pk TEXT NOT NULL, id TEXT NOT NULL, epk TEXT NOT NULL,
  etag TEXT NOT NULL, lsn INTEGER NOT NULL, ts INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS ${table}_key ON ${table} (pk, id);
CREATE UNIQUE INDEX IF NOT EXISTS ${table}_lsn ON ${table} (lsn);`);
  const statements = {
    lsn: sql.prepare("SELECT lsn FROM containers WHERE number = ?"),
    setLsn: sql.prepare("UPDATE containers SET lsn = ? WHERE number = ?"),
    count: sql.prepare(`SELECT count(*) AS count FROM ${table}`),
    find: sql.prepare(`SELECT ${columns} FROM ${table} WHERE pk = ? AND id = ?`),
    findByNumber: sql.prepare(`SELECT ${columns}, pk, id FROM ${table} WHERE number = ?`),
    insert: sql.prepare(
      `INSERT INTO ${table} (number, pk, id, epk, etag, lsn, ts, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: sql.prepare(`UPDATE ${table} SET etag = ?, lsn = ?, ts = ?, body = ? WHERE number = ?`),
    remove: sql.prepare(`DELETE FROM ${table} WHERE number = ?`),
    scan: sql.prepare(`SELECT ${columns} FROM ${table} WHERE number > ? ORDER BY number LIMIT ?`),
  };

  let lsn = Number(statements.lsn.get(container)?.["lsn"] ?? 0);

  return {
    lsn: () => lsn,
    nextLsn() {
      lsn += 1;
      statements.setLsn.run(lsn, container);
      return lsn;
    },
    count: () => Number(statements.count.get()?.["count"]),
    find: ({ pk, id }) => statements.find.get(pk, idText(id)) as StoredDocument | undefined,
    findByNumber(number) {
      const row = statements.findByNumber.get(number) as (StoredDocument & DocumentKey) | undefined;
      if (row === undefined) return undefined;
      return { ...row, id: row.id.startsWith('"') ? (JSON.parse(row.id) as string) : row.id };
    },
    insert({ number, key, epk, ...write }) {
      statements.insert.run(number, key.pk, idText(key.id), epk, write.etag, write.lsn, write.ts, write.body);
    },
    update({ number, ...write }) {
      statements.update.run(write.etag, write.lsn, write.ts, write.body, number);
    },
    remove: (number) => void statements.remove.run(number),
    scan: (after, limit) => statements.scan.all(after, limit) as unknown as StoredDocument[],
    drop: () => sql.exec(`DROP TABLE ${table}`),
  };
}
