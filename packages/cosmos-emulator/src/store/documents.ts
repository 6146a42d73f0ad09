import type { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "../json.ts";
import { createTermIndex, type TermIndex } from "./termIndex.ts";

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

/** The documents of one container. Every write has to run in a transaction of the store. */
export interface Documents {
  readonly index: TermIndex;
  /** The log sequence number of the last write. */
  lsn(): number;
  /** Takes the next log sequence number. */
  nextLsn(): number;
  /** How many there are, with those whose time to live is over but that are not yet purged. */
  count(): number;
  find(key: DocumentKey): StoredDocument | undefined;
  findByNumber(number: number): (StoredDocument & DocumentKey) | undefined;
  insert(write: DocumentWrite): void;
  /** Replaces a document; `previous` is what the index knows of it. */
  update(write: DocumentWrite, previous: StoredDocument): void;
  remove(document: StoredDocument): void;
  /** All documents in the order of their numbers, after the one numbered `after`. */
  scan(after: number): Iterable<StoredDocument>;
  /** The numbers of a partition key's documents, in their order. */
  numbersOf(pk: string): number[];
  /** All documents in the order of their last write, after the log sequence number `after`. */
  changed(after: number): Iterable<StoredDocument>;
  /** Up to `limit` documents whose time to live is over at `now`, in seconds. */
  expired(now: number, defaultTtl: number, limit: number): StoredDocument[];
  /** Reads anew what is kept in memory, after a transaction that did not commit. */
  forgetUncommitted(): void;
  /** The container's end: drops the tables. */
  drop(): void;
}

const columns = "number, etag, lsn, ts, ttl, epk, body";

/**
 * SQLite's text ends at NUL for some readers and has no lone surrogates: ids that have either are kept in their JSON
 * form, and so are those that begin like one.
 */
const idText = (id: string): string =>
  id.startsWith('"') || id.includes("\0") || !id.isWellFormed() ? JSON.stringify(id) : id;

/** System properties that are in no index. `_ts` is. */
export const unindexedProperties = ["_rid", "_self", "_etag", "_attachments"] as const;

/** What of a stored document is indexed. */
function contentOf({ body }: StoredDocument): JsonObject {
  const content = JSON.parse(body) as JsonObject;
  for (const name of unindexedProperties) delete content[name];
  return content;
}

/** Opens the documents of a container, and makes their tables when it is new. */
export function createDocuments(sql: DatabaseSync, container: number): Documents {
  const table = `documents_${container}`;
  sql.exec(`
CREATE TABLE IF NOT EXISTS ${table} (
  number INTEGER PRIMARY KEY, pk TEXT NOT NULL, id TEXT NOT NULL, epk TEXT NOT NULL,
  etag TEXT NOT NULL, lsn INTEGER NOT NULL, ts INTEGER NOT NULL, ttl INTEGER, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS ${table}_key ON ${table} (pk, id);
CREATE UNIQUE INDEX IF NOT EXISTS ${table}_lsn ON ${table} (lsn);`);
  const index = createTermIndex(sql, container);
  const statements = {
    lsn: sql.prepare("SELECT lsn FROM containers WHERE number = ?"),
    setLsn: sql.prepare("UPDATE containers SET lsn = ? WHERE number = ?"),
    count: sql.prepare(`SELECT count(*) AS count FROM ${table}`),
    find: sql.prepare(`SELECT ${columns} FROM ${table} WHERE pk = ? AND id = ?`),
    findByNumber: sql.prepare(`SELECT ${columns}, pk, id FROM ${table} WHERE number = ?`),
    insert: sql.prepare(
      `INSERT INTO ${table} (number, pk, id, epk, etag, lsn, ts, ttl, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: sql.prepare(`UPDATE ${table} SET etag = ?, lsn = ?, ts = ?, ttl = ?, body = ? WHERE number = ?`),
    remove: sql.prepare(`DELETE FROM ${table} WHERE number = ?`),
    scan: sql.prepare(`SELECT ${columns} FROM ${table} WHERE number > ? ORDER BY number LIMIT ?`),
    numbersOf: sql.prepare(`SELECT number FROM ${table} WHERE pk = ?`),
    changed: sql.prepare(`SELECT ${columns} FROM ${table} WHERE lsn > ? ORDER BY lsn LIMIT ?`),
    expired: sql.prepare(
      `SELECT ${columns} FROM ${table} WHERE coalesce(ttl, ?) > 0 AND ts + coalesce(ttl, ?) <= ? LIMIT ?`,
    ),
  };
  const readLsn = (): number => Number(statements.lsn.get(container)?.["lsn"] ?? 0);
  let lsn = readLsn();
  /** Counted when somebody asks for it, then kept up. */
  let count: number | undefined;

  /** Reads in slices: an open statement would hold a read transaction over whatever the caller does meanwhile. */
  function* slices(
    statement: typeof statements.scan,
    start: number,
    place: (document: StoredDocument) => number,
  ): Iterable<StoredDocument> {
    for (let after = start; ; ) {
      const slice = statement.all(after, sliceLength) as unknown as StoredDocument[];
      yield* slice;
      const last = slice.at(-1);
      if (last === undefined || slice.length < sliceLength) return;
      after = place(last);
    }
  }

  return {
    index,
    lsn: () => lsn,
    nextLsn() {
      lsn += 1;
      statements.setLsn.run(lsn, container);
      return lsn;
    },
    count() {
      count ??= Number(statements.count.get()?.["count"]);
      return count;
    },
    find: ({ pk, id }) => statements.find.get(pk, idText(id)) as StoredDocument | undefined,
    findByNumber(number) {
      const row = statements.findByNumber.get(number) as (StoredDocument & DocumentKey) | undefined;
      if (row === undefined) return undefined;
      return { ...row, id: row.id.startsWith('"') ? (JSON.parse(row.id) as string) : row.id };
    },
    insert({ number, key, content, ...write }) {
      const { etag, ts, ttl, epk, body } = write;
      statements.insert.run(number, key.pk, idText(key.id), epk, etag, write.lsn, ts, ttl, body);
      if (count !== undefined) count += 1;
      index.put(number, content);
    },
    update({ number, content, ...write }, previous) {
      statements.update.run(write.etag, write.lsn, write.ts, write.ttl, write.body, number);
      index.put(number, content, contentOf(previous));
    },
    remove(document) {
      if (count !== undefined) count -= Number(statements.remove.run(document.number).changes);
      else statements.remove.run(document.number);
      index.remove(document.number, contentOf(document));
    },
    scan: (after) => slices(statements.scan, after, ({ number }) => number),
    numbersOf: (pk) =>
      statements.numbersOf
        .all(pk)
        .map((row) => row["number"] as number)
        .sort((one, other) => one - other),
    changed: (after) => slices(statements.changed, after, (document) => document.lsn),
    expired: (now, defaultTtl, limit) =>
      statements.expired.all(defaultTtl, defaultTtl, now, limit) as unknown as StoredDocument[],
    forgetUncommitted() {
      lsn = readLsn();
      count = undefined;
      index.forgetUncommitted();
    },
    drop() {
      index.drop();
      sql.exec(`DROP TABLE ${table}`);
    },
  };
}

/** Documents that are read from the file at a time. */
const sliceLength = 256;
