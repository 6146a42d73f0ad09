import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { type Term, termsOf } from "./terms.ts";

/** A stretch of a path's terms, in the order of their bytes. */
export interface TermRange {
  readonly path: string;
  /** The first encoded value, included. */
  readonly from: Buffer;
  /** The end, excluded: {@link justAfter} a value, or {@link afterAllThatBegin} with it. */
  readonly end: Buffer;
}

/** The end of a range whose last value this is. */
export const justAfter = (value: Buffer): Buffer => Buffer.concat([value, Buffer.of(0x00)]);

/** The end of a range of all values that begin so: no byte of UTF-8 is ff. */
export const afterAllThatBegin = (value: Buffer): Buffer => Buffer.concat([value, Buffer.of(0xff)]);

/** A term as the index holds it. */
export interface IndexEntry {
  readonly value: Buffer;
  /** The number of the document. */
  readonly number: number;
}

/** The index of one container: from (path, value) to documents. Every change has to run in a transaction. */
export interface TermIndex {
  /** Makes the entries of a document; `previous` is what it was before, when it was there. */
  put(number: number, document: JsonObject, previous?: JsonObject): void;
  remove(number: number, document: JsonObject): void;
  /** Adds the numbers in a range to `found`; false when there would be more than `limit`. */
  collect(range: TermRange, limit: number, found: Set<number>): boolean;
  /** The entries of a path in the order of their values, ties in the order of the numbers; from `from` on, included. */
  ordered(path: string, direction: "ASC" | "DESC", from?: IndexEntry): Iterable<IndexEntry>;
  /** How many documents have a term at the path: an array's elements count once each. */
  count(path: string): number;
  /** The documents that have too many terms to be indexed. They are candidates for everything. */
  unindexed(): number[];
  /** Whether the path's terms are all there. */
  isComplete(path: string): boolean;
  /** Reads the paths anew after a transaction that did not commit. */
  forgetUncommitted(): void;
  drop(): void;
}

/** Paths that a container's index knows at most; documents with others still are found, by a scan. */
const maxPaths = 10_000;

/** The path of the mark that a document is not indexed. */
const unindexedPath = "";

/** Before and after every encoded value. */
const first = Buffer.alloc(0);
const last = Buffer.of(0xff);

/** Opens a container's index, and makes its tables when it is new. */
export function createTermIndex(sql: DatabaseSync, container: number): TermIndex {
  const paths = `paths_${container}`;
  const terms = `terms_${container}`;
  sql.exec(`
CREATE TABLE IF NOT EXISTS ${paths} (number INTEGER PRIMARY KEY, path TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS ${terms} (
  path INTEGER NOT NULL, value BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (path, value, number)
) STRICT, WITHOUT ROWID;`);
  /** From a place on, and from the first that has another value. SQLite seeks to both, which it cannot to "or". */
  const orderedFrom = (
    turn: "ASC" | "DESC",
    beyond: ">" | "<",
  ): Record<"same" | "beyond", StatementSync> => ({
    same: sql.prepare(
      `SELECT value, number FROM ${terms} WHERE path = ? AND value = ? AND number ${beyond}= ? ORDER BY number ${turn}`,
    ),
    beyond: sql.prepare(
      `SELECT value, number FROM ${terms} WHERE path = ? AND value ${beyond} ? ORDER BY value ${turn}, number ${turn}`,
    ),
  });
  const statements = {
    paths: sql.prepare(`SELECT number, path FROM ${paths}`),
    addPath: sql.prepare(`INSERT INTO ${paths} (path) VALUES (?)`),
    add: sql.prepare(`INSERT OR IGNORE INTO ${terms} VALUES (?, ?, ?)`),
    remove: sql.prepare(`DELETE FROM ${terms} WHERE path = ? AND value = ? AND number = ?`),
    count: sql.prepare(`SELECT count(*) AS count FROM ${terms} WHERE path = ?`),
    range: sql.prepare(`SELECT number FROM ${terms} WHERE path = ? AND value >= ? AND value < ? LIMIT ?`),
    unindexed: sql.prepare(`SELECT number FROM ${terms} WHERE path = ?`),
    ASC: orderedFrom("ASC", ">"),
    DESC: orderedFrom("DESC", "<"),
  };
  const numbers = new Map<string, number>();
  /** Entries by path, of the paths that were asked for: counted once, then kept up. */
  const counts = new Map<number, number>();
  const recount = (at: number, difference: number | bigint): void => {
    const count = counts.get(at);
    if (count !== undefined) counts.set(at, count + Number(difference));
  };
  function load(): void {
    counts.clear();
    numbers.clear();
    for (const row of statements.paths.all()) numbers.set(row["path"] as string, row["number"] as number);
  }
  load();

  /** The path's number, given when it is new; `undefined` when there are too many paths. */
  function numberOf(path: string): number | undefined {
    const key = keyOf(path);
    const known = numbers.get(key);
    if (known !== undefined || numbers.size >= maxPaths) return known;
    const number = Number(statements.addPath.run(key).lastInsertRowid);
    numbers.set(key, number);
    return number;
  }

  /** A document's terms by a text that is the same for the same term; the mark alone when it has too many. */
  function keyed(document: JsonObject): Map<string, Term> {
    const found = termsOf(document) ?? [{ path: unindexedPath, value: Buffer.alloc(0) }];
    return new Map(found.map((term) => [`${term.path}\n${term.value.toString("latin1")}`, term]));
  }

  function add({ path, value }: Term, number: number): void {
    const at = numberOf(path);
    if (at !== undefined) recount(at, statements.add.run(at, value, number).changes);
  }

  function take({ path, value }: Term, number: number): void {
    const at = numbers.get(keyOf(path));
    if (at !== undefined) recount(at, -Number(statements.remove.run(at, value, number).changes));
  }

  return {
    put(number, document, previous) {
      const wanted = keyed(document);
      if (previous !== undefined) {
        for (const [key, term] of keyed(previous)) {
          if (!wanted.delete(key)) take(term, number);
        }
      }
      for (const term of wanted.values()) add(term, number);
    },
    remove(number, document) {
      for (const term of keyed(document).values()) take(term, number);
    },
    collect({ path, from, end }, limit, found) {
      const at = numbers.get(keyOf(path));
      if (at === undefined) return true;
      // One more than there is room for, to know that there are more.
      const rows = statements.range.all(at, from, end, limit - found.size + 1);
      for (const row of rows) found.add(row["number"] as number);
      return found.size <= limit;
    },
    *ordered(path, direction, from) {
      const at = numbers.get(keyOf(path));
      if (at === undefined) return;
      const { same, beyond } = statements[direction];
      const start = from?.value ?? (direction === "ASC" ? first : last);
      const rows = from === undefined ? [] : same.iterate(at, from.value, from.number);
      for (const part of [rows, beyond.iterate(at, start)]) {
        for (const row of part) {
          yield { value: Buffer.from(row["value"] as Uint8Array), number: row["number"] as number };
        }
      }
    },
    count(path) {
      const at = numbers.get(keyOf(path));
      if (at === undefined) return 0;
      const known = counts.get(at) ?? Number(statements.count.get(at)?.["count"]);
      counts.set(at, known);
      return known;
    },
    unindexed() {
      const at = numbers.get(unindexedPath);
      if (at === undefined) return [];
      return statements.unindexed.all(at).map((row) => row["number"] as number);
    },
    isComplete: (path) => numbers.size < maxPaths || numbers.has(keyOf(path)),
    forgetUncommitted: load,
    drop: () => sql.exec(`DROP TABLE ${terms}; DROP TABLE ${paths};`),
  };
}

/** SQLite's text has no lone surrogates: such paths are kept in their JSON form. */
const keyOf = (path: string): string =>
  path.isWellFormed() && !path.includes("\0") ? path : JSON.stringify(path);
