import type { DatabaseSync } from "node:sqlite";
import type { JsonObject, JsonObjectDraft } from "@cosmos-trpc/cosmos-sql/json";
import { isPast } from "../timeToLive.ts";
import { type ChangeHistory, createChangeHistory } from "./changeHistory.ts";
import { type ChangeOrder, createChangeOrder } from "./changeOrder.ts";
import { createRecentWrites, type RecentWrites } from "./recentWrites.ts";
import {
  columns,
  type DocumentKey,
  type DocumentWrite,
  type EpkRange,
  type StoredDocument,
} from "./storedDocument.ts";
import { createTermIndex, type TermIndex } from "./termIndex.ts";
import { createUniqueKeyIndex, type UniqueKey } from "./uniqueKeys.ts";

/** The documents of one container. Every write has to run in a transaction of the store. */
export interface Documents extends ChangeOrder {
  readonly index: TermIndex;
  /** Every write, where the container's change feed policy asks for it. */
  readonly history: ChangeHistory;
  /** Recent writes, kept while some region's replication lags. */
  readonly recent: RecentWrites;
  /** The log sequence number of the last write. */
  lsn(): number;
  /** Takes the next log sequence number. */
  nextLsn(): number;
  /** How many there are, with those whose time to live is over but that are not yet purged. */
  count(): number;
  find(key: DocumentKey): StoredDocument | undefined;
  findByNumber(number: number): (StoredDocument & DocumentKey) | undefined;
  /** The numbers of the documents that share a unique key with this content, its own document among them. */
  uniqueKeyHolders(pk: string, content: JsonObject): number[];
  insert(write: DocumentWrite): void;
  /** Replaces a document, under another id if the write has one; `previous` is what the index knows of it. */
  update(write: DocumentWrite, previous: StoredDocument): void;
  remove(document: StoredDocument): void;
  /** All documents in the order of their numbers, after the one numbered `after`. */
  scan(after: number): Iterable<StoredDocument>;
  /** The numbers of a partition key's documents, in their order. */
  numbersOf(pk: string): number[];
  /** How many documents there are in a stretch of the hash space. */
  countIn(range: EpkRange): number;
  /** How many documents there are in a stretch of the hash space, and the bytes of all of them. */
  sizeOf(range: EpkRange): { count: number; bytes: number };
  /** Up to `limit` documents whose time to live is over at `now`, in seconds. */
  expired(now: number, defaultTtl: number, limit: number): StoredDocument[];
  /** Reads anew what is kept in memory, after a transaction that did not commit. */
  forgetUncommitted(): void;
  /** The container's end: drops the tables. */
  drop(): void;
}

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
  const content = JSON.parse(body) as JsonObjectDraft;
  for (const name of unindexedProperties) delete content[name];
  return content;
}

/**
 * Opens the documents of a container, and makes their tables when it is new.
 *
 * @param recentSpan milliseconds for which past versions are kept
 */
export function createDocuments(
  sql: DatabaseSync,
  container: number,
  uniqueKeys: readonly UniqueKey[],
  recentSpan: () => number,
): Documents {
  const table = `documents_${container}`;
  sql.exec(`
CREATE TABLE IF NOT EXISTS ${table} (
  number INTEGER PRIMARY KEY, pk TEXT NOT NULL, id TEXT NOT NULL, epk TEXT NOT NULL,
  etag TEXT NOT NULL, lsn INTEGER NOT NULL, ts INTEGER NOT NULL, ttl INTEGER, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS ${table}_key ON ${table} (pk, id);
CREATE UNIQUE INDEX IF NOT EXISTS ${table}_lsn ON ${table} (lsn);
CREATE INDEX IF NOT EXISTS ${table}_expiry ON ${table} (ts + ttl) WHERE ttl > 0;`);
  const index = createTermIndex(sql, container);
  const history = createChangeHistory(sql, container);
  const unique = createUniqueKeyIndex(sql, container, uniqueKeys);
  const recent = createRecentWrites(recentSpan);
  const statements = {
    lsn: sql.prepare("SELECT lsn FROM containers WHERE number = ?"),
    setLsn: sql.prepare("UPDATE containers SET lsn = ? WHERE number = ?"),
    count: sql.prepare(`SELECT count(*) AS count FROM ${table}`),
    find: sql.prepare(`SELECT ${columns} FROM ${table} WHERE pk = ? AND id = ?`),
    findByNumber: sql.prepare(`SELECT ${columns}, pk, id FROM ${table} WHERE number = ?`),
    insert: sql.prepare(
      `INSERT INTO ${table} (number, pk, id, epk, etag, lsn, ts, ttl, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: sql.prepare(
      `UPDATE ${table} SET id = ?, etag = ?, lsn = ?, ts = ?, ttl = ?, body = ? WHERE number = ?`,
    ),
    remove: sql.prepare(`DELETE FROM ${table} WHERE number = ?`),
    scan: sql.prepare(`SELECT ${columns} FROM ${table} WHERE number > ? ORDER BY number LIMIT ?`),
    numbersOf: sql.prepare(`SELECT number FROM ${table} WHERE pk = ?`),
    countIn: sql.prepare(`SELECT count(*) AS count FROM ${table} WHERE epk >= ? AND epk < ?`),
    sizeOf: sql.prepare(
      `SELECT count(*) AS count, coalesce(sum(octet_length(body)), 0) AS bytes FROM ${table} WHERE epk >= ? AND epk < ?`,
    ),
    pkOf: sql.prepare(`SELECT pk FROM ${table} WHERE number = ?`),
  };
  const readLsn = (): number => Number(statements.lsn.get(container)?.["lsn"] ?? 0);
  let lsn = readLsn();
  /** Counted when somebody asks for it, then kept up. */
  let count: number | undefined;

  function nextLsn(): number {
    lsn += 1;
    statements.setLsn.run(lsn, container);
    return lsn;
  }

  function recordRemoval(document: StoredDocument): void {
    const { number, epk, body, ...previous } = document;
    // A delete that has taken no number of its own gets one: each change has to have its place in the order.
    const place = history.lastLsn() >= lsn || previous.lsn >= lsn ? nextLsn() : lsn;
    const expired = isPast(document, history.defaultTtl()) ? 1 : 0;
    const pk = String(statements.pkOf.get(number)?.["pk"]);
    history.record({
      lsn: place,
      operation: "delete",
      ts: Math.floor(Date.now() / 1000),
      previousLsn: previous.lsn,
      expired,
      pk,
      epk,
      body,
    });
  }

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

  function findByNumber(number: number): (StoredDocument & DocumentKey) | undefined {
    const row = statements.findByNumber.get(number) as (StoredDocument & DocumentKey) | undefined;
    if (row === undefined) return undefined;
    return { ...row, id: row.id.startsWith('"') ? (JSON.parse(row.id) as string) : row.id };
  }

  return {
    index,
    history,
    recent,
    lsn: () => lsn,
    nextLsn,
    count() {
      count ??= Number(statements.count.get()?.["count"]);
      return count;
    },
    find: ({ pk, id }) => statements.find.get(pk, idText(id)) as StoredDocument | undefined,
    findByNumber,
    uniqueKeyHolders: (pk, content) => unique?.holders(pk, content) ?? [],
    insert({ number, key, content, ...write }) {
      const { etag, ts, ttl, epk, body } = write;
      statements.insert.run(number, key.pk, idText(key.id), epk, etag, write.lsn, ts, ttl, body);
      if (count !== undefined) count += 1;
      index.put(number, content);
      if (history.isOn()) {
        const nothing = { previousLsn: null, expired: 0 };
        history.record({ lsn: write.lsn, operation: "create", ts, ...nothing, pk: key.pk, epk, body });
      }
      unique?.put(number, key.pk, content);
      if (recent.isKept()) recent.add({ lsn: write.lsn, number, key, previous: undefined, isDelete: false });
    },
    update({ number, key, content, ...write }, previous) {
      if (recent.isKept()) recent.add({ lsn: write.lsn, number, key, previous, isDelete: false });
      const { etag, lsn: place, ts, ttl, epk, body } = write;
      statements.update.run(idText(key.id), etag, place, ts, ttl, body, number);
      index.put(number, content, contentOf(previous));
      if (history.isOn()) {
        const before = { previousLsn: previous.lsn, expired: 0 };
        history.record({ lsn: place, operation: "replace", ts, ...before, pk: key.pk, epk, body });
      }
      unique?.put(number, key.pk, content);
    },
    remove(document) {
      const known = recent.isKept() ? findByNumber(document.number) : undefined;
      if (history.isOn()) recordRemoval(document);
      if (known !== undefined) {
        const { number, pk, id } = known;
        recent.add({ lsn, number, key: { pk, id }, previous: known, isDelete: true });
      }
      const { changes } = statements.remove.run(document.number);
      if (count !== undefined) count -= Number(changes);
      index.remove(document.number, contentOf(document));
      unique?.remove(document.number);
    },
    scan: (after) => slices(statements.scan, after, ({ number }) => number),
    numbersOf: (pk) =>
      statements.numbersOf
        .all(pk)
        .map((row) => row["number"] as number)
        .sort((one, other) => one - other),
    ...createChangeOrder(sql, table, () => lsn),
    countIn: ({ min, max }) => Number(statements.countIn.get(min, max)?.["count"]),
    sizeOf({ min, max }) {
      const row = statements.sizeOf.get(min, max);
      return { count: Number(row?.["count"]), bytes: Number(row?.["bytes"]) };
    },
    expired: createExpired(sql, table),
    forgetUncommitted() {
      const committed = readLsn();
      // Every write takes a number: where none was taken, nothing was written.
      if (committed === lsn) return;
      lsn = committed;
      count = undefined;
      recent.forgetAfter(lsn);
      index.forgetUncommitted();
      history.forgetUncommitted();
    },
    drop() {
      history.drop();
      index.drop();
      unique?.drop();
      sql.exec(`DROP TABLE ${table}`);
    },
  };
}

/** Documents that are read from the file at a time. */
const sliceLength = 256;

/**
 * Finds documents whose time to live is over.
 *
 * @param table the documents' table
 */
function createExpired(sql: DatabaseSync, table: string): Documents["expired"] {
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
