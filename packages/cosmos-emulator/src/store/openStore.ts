import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../errors.ts";
import { type Catalog, createCatalog } from "./catalog.ts";
import { createOffers, type Offers } from "./offers.ts";

/** The layout of the file. A file of another layout is refused, not migrated: it holds a laptop's test data. */
const layout = "2";

/** A file up to this size is checked page by page when it opens; a larger one would make the start slow. */
const fullCheckBytes = 32 * 1024 * 1024;

/** The emulator's durable state: one SQLite file. */
export interface Store {
  readonly catalog: Catalog;
  readonly offers: Offers;
  /** Runs `work` in one transaction: when it throws, nothing of it stays. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens or makes the file. A committed transaction is in the operating system's hands before the call returns, so it
 * outlives `kill -9` of this process (`synchronous=NORMAL` in WAL mode leaves only a power cut open).
 * Source: sqlite.org, "PRAGMA synchronous".
 *
 * @param recentSpan milliseconds for which past versions of documents are kept in memory, for regions that lag
 * @throws StartError when another process has the file, or when it is damaged or of another layout.
 */
export function openStore(file: string, recentSpan: () => number = () => 0): Store {
  const database = open(file);
  const catalog = readCatalog(database, file, recentSpan);
  const offers = createOffers(database);
  const settle = (committed: boolean): void => {
    catalog.settle(committed);
    offers.settle(committed);
  };
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  return {
    catalog,
    offers,
    transaction(work) {
      begin.run();
      try {
        const result = work();
        commit.run();
        settle(true);
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        settle(false);
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function readCatalog(database: DatabaseSync, file: string, recentSpan: () => number): Catalog {
  try {
    return createCatalog(database, recentSpan);
  } catch (error) {
    database.close();
    throw explain(error, file);
  }
}

function open(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // EXCLUSIVE keeps a second emulator off the folder and saves the shared-memory file of WAL.
    database.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
    // In EXCLUSIVE mode the lock is taken by the first write.
    database.exec(
      "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT) STRICT;",
    );
    const known = database.prepare("SELECT value FROM meta WHERE name = 'layout'").get()?.["value"];
    if (known !== undefined && known !== layout) {
      throw new StartError(
        `The database file ${file} has layout ${String(known)}, this emulator needs ${layout}: choose another data folder, or delete this one if its data is not needed.`,
      );
    }
    if (known === undefined) database.prepare("INSERT INTO meta VALUES ('layout', ?)").run(layout);
    database.exec(
      "COMMIT; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000;",
    );
    checkPages(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw explain(error, file);
  }
}

function checkPages(database: DatabaseSync, file: string): void {
  if (statSync(file).size > fullCheckBytes) return;
  const problem = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (problem !== "ok") throw damaged(file);
}

const damaged = (file: string): StartError =>
  new StartError(
    `The database file ${file} is damaged: restore it from a copy, or delete the folder to start empty.`,
  );

/** SQLite's primary result codes. Source: sqlite.org, "Result and Error Codes". */
const sqlite = {
  error: 1,
  busy: 5,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

function explain(error: unknown, file: string): unknown {
  // A container's definition that is not JSON.
  if (error instanceof SyntaxError) return damaged(file);
  const code = (error as { errcode?: number }).errcode;
  switch (code === undefined ? undefined : code & 0xff) {
    case sqlite.busy:
      return new StartError(
        `The database file ${file} is in use by another emulator: stop that one, or choose another data folder.`,
      );
    case sqlite.readOnly:
    case sqlite.cannotOpen:
      return new StartError(
        `The database file ${file} cannot be written: give this user write access, or choose another data folder.`,
      );
    case sqlite.full:
      return new StartError(
        `The disk that holds ${file} is full: free some space, or choose another data folder.`,
      );
    // An SQL error, since every statement is fixed: the tables are not this emulator's.
    case sqlite.error:
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return damaged(file);
    default:
      return error;
  }
}
