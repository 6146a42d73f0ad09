import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { type PartitionKeyDefinition, readPartitionKeyDefinition } from "../partitionKey/partitionKey.ts";
import type { PartitionKeyRange } from "../partitionKey/partitionKeyRange.ts";
import { containerResourceId, databaseResourceId } from "../resourceId.ts";
import { historyPolicy } from "./changeHistory.ts";
import { createDocuments, type Documents } from "./documents.ts";
import { uniqueKeysOf } from "./uniqueKeys.ts";

/** A database of the account. */
export interface DatabaseEntry {
  readonly number: number;
  readonly id: string;
  /** Its resource id, `_rid`. */
  readonly rid: string;
  readonly etag: string;
  /** When it was made, in seconds since 1970. */
  readonly ts: number;
}

/** A container of a database, with its documents. */
export interface ContainerEntry extends DatabaseEntry {
  readonly database: DatabaseEntry;
  /** What the client defined, defaults filled in, without system properties. */
  readonly definition: JsonObject;
  readonly partitionKey: PartitionKeyDefinition;
  /** Its physical partitions, in the order of the hash space. */
  readonly ranges: readonly PartitionKeyRange[];
  readonly documents: Documents;
}

/** A container to be made. */
type NewContainer = Pick<ContainerEntry, "id" | "definition" | "partitionKey" | "ranges">;

/** The account's databases and containers. All of them are held in memory; a look-up reads no disk. */
export interface Catalog {
  /** The value kept under a name, made by `create` the first time. */
  setting(name: string, create: () => string): string;
  /** The value kept under a name, if there is one. */
  findSetting(name: string): string | undefined;
  /** Keeps another value under a name. */
  replaceSetting(name: string, value: string): void;
  listDatabases(): DatabaseEntry[];
  /** Finds by name or, as links of `_self` have it, by resource id. */
  findDatabase(nameOrRid: string): DatabaseEntry | undefined;
  createDatabase(id: string): DatabaseEntry;
  deleteDatabase(entry: DatabaseEntry): void;
  listContainers(database: DatabaseEntry): ContainerEntry[];
  /** The containers of all databases. */
  allContainers(): IteratorObject<ContainerEntry, void>;
  findContainer(database: DatabaseEntry, nameOrRid: string): ContainerEntry | undefined;
  createContainer(database: DatabaseEntry, container: NewContainer): ContainerEntry;
  replaceContainer(entry: ContainerEntry, definition: JsonObject): ContainerEntry;
  /** Cuts the container anew, after a split. The container's own etag stays: its definition is the same. */
  replaceRanges(entry: ContainerEntry, ranges: readonly PartitionKeyRange[]): ContainerEntry;
  deleteContainer(entry: ContainerEntry): void;
  /** Called at a transaction's end: what changed in memory is kept, or read anew when it did not commit. */
  settle(committed: boolean): void;
}

interface DatabaseRow {
  number: number;
  id: string;
  etag: string;
  ts: number;
}

interface ContainerRow extends DatabaseRow {
  database: number;
  definition: string;
  ranges: string;
}

const tables = `
CREATE TABLE IF NOT EXISTS databases (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, etag TEXT NOT NULL, ts INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS containers (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  database INTEGER NOT NULL REFERENCES databases (number),
  id TEXT NOT NULL, etag TEXT NOT NULL, ts INTEGER NOT NULL, definition TEXT NOT NULL,
  ranges TEXT NOT NULL, lsn INTEGER NOT NULL,
  UNIQUE (database, id)
) STRICT;`;

const newEtag = (): string => `"${randomUUID()}"`;
const now = (): number => Math.floor(Date.now() / 1000);

/**
 * Reads the catalog from an open database file, and makes its tables in a new one.
 *
 * @param recentSpan milliseconds for which past versions of documents are kept
 */
export function createCatalog(sql: DatabaseSync, recentSpan: () => number): Catalog {
  sql.exec(tables);
  const statements = {
    setting: sql.prepare("SELECT value FROM meta WHERE name = ?"),
    setSetting: sql.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"),
    databases: sql.prepare("SELECT number, id, etag, ts FROM databases ORDER BY number"),
    containers: sql.prepare(
      "SELECT number, database, id, etag, ts, definition, ranges FROM containers ORDER BY number",
    ),
    insertDatabase: sql.prepare("INSERT INTO databases (id, etag, ts) VALUES (?, ?, ?)"),
    deleteDatabase: sql.prepare("DELETE FROM databases WHERE number = ?"),
    insertContainer: sql.prepare(
      "INSERT INTO containers (database, id, etag, ts, definition, ranges, lsn) VALUES (?, ?, ?, ?, ?, ?, 0)",
    ),
    updateContainer: sql.prepare(
      "UPDATE containers SET etag = ?, ts = ?, definition = ?, ranges = ? WHERE number = ?",
    ),
    deleteContainer: sql.prepare("DELETE FROM containers WHERE number = ?"),
  };

  const databases = new Map<number, DatabaseEntry>();
  const containers = new Map<number, ContainerEntry>();
  const byName = new Map<string, ContainerEntry>();

  function putDatabase(row: DatabaseRow): DatabaseEntry {
    const entry = { ...row, rid: databaseResourceId(row.number) };
    databases.set(entry.number, entry);
    return entry;
  }

  /** @param known what need not be read from the row, where the container is made or changed and not loaded */
  function putContainer(row: ContainerRow, known: Partial<ContainerEntry> = {}): ContainerEntry {
    const database = databases.get(row.database);
    if (database === undefined) throw new Error(`Container ${row.id} is in no database.`);
    const definition = JSON.parse(row.definition) as JsonObject;
    const { number, id, etag, ts } = row;
    const entry: ContainerEntry = {
      number,
      id,
      etag,
      ts,
      rid: containerResourceId(database.number, number),
      database,
      definition,
      partitionKey: known.partitionKey ?? readPartitionKeyDefinition(definition["partitionKey"]),
      ranges: JSON.parse(row.ranges) as PartitionKeyRange[],
      documents: known.documents ?? createDocuments(sql, number, uniqueKeysOf(definition), recentSpan),
    };
    entry.documents.history.configure(historyPolicy(definition), entry.documents.lsn());
    containers.set(number, entry);
    byName.set(nameKey(database, id), entry);
    return entry;
  }

  function load(): void {
    databases.clear();
    containers.clear();
    byName.clear();
    for (const row of statements.databases.all()) putDatabase(row as unknown as DatabaseRow);
    for (const row of statements.containers.all()) putContainer(row as unknown as ContainerRow);
  }
  load();
  let isChanged = false;

  function dropContainer(entry: ContainerEntry): void {
    entry.documents.drop();
    statements.deleteContainer.run(entry.number);
    containers.delete(entry.number);
    byName.delete(nameKey(entry.database, entry.id));
  }

  function change(
    entry: ContainerEntry,
    wanted: Pick<ContainerEntry, "definition" | "ranges" | "etag" | "ts">,
  ): ContainerEntry {
    isChanged = true;
    const { etag, ts } = wanted;
    const texts = { definition: JSON.stringify(wanted.definition), ranges: JSON.stringify(wanted.ranges) };
    const { number, id, database, documents, partitionKey } = entry;
    statements.updateContainer.run(etag, ts, texts.definition, texts.ranges, number);
    return putContainer(
      { number, database: database.number, id, etag, ts, ...texts },
      { documents, partitionKey },
    );
  }

  const inDatabase = (database: DatabaseEntry): ContainerEntry[] =>
    [...containers.values()].filter((entry) => entry.database === database);

  function findSetting(name: string): string | undefined {
    const value = statements.setting.get(name)?.["value"];
    return typeof value === "string" ? value : undefined;
  }

  return {
    setting(name, create) {
      const known = findSetting(name);
      if (known !== undefined) return known;
      const value = create();
      statements.setSetting.run(name, value);
      return value;
    },
    findSetting,
    replaceSetting(name, value) {
      statements.setSetting.run(name, value);
    },
    listDatabases: () => [...databases.values()],
    findDatabase: (nameOrRid) =>
      databases.values().find((entry) => entry.id === nameOrRid) ??
      databases.values().find((entry) => entry.rid === nameOrRid),
    createDatabase(id) {
      isChanged = true;
      const [etag, ts] = [newEtag(), now()];
      const { lastInsertRowid } = statements.insertDatabase.run(id, etag, ts);
      return putDatabase({ number: Number(lastInsertRowid), id, etag, ts });
    },
    deleteDatabase(entry) {
      isChanged = true;
      inDatabase(entry).forEach(dropContainer);
      statements.deleteDatabase.run(entry.number);
      databases.delete(entry.number);
    },
    listContainers: inDatabase,
    allContainers: () => containers.values(),
    findContainer: (database, nameOrRid) =>
      byName.get(nameKey(database, nameOrRid)) ??
      containers.values().find((entry) => entry.database === database && entry.rid === nameOrRid),
    createContainer(database, { id, definition, partitionKey, ranges }) {
      isChanged = true;
      const [etag, ts] = [newEtag(), now()];
      const texts = { definition: JSON.stringify(definition), ranges: JSON.stringify(ranges) };
      const { lastInsertRowid } = statements.insertContainer.run(
        database.number,
        id,
        etag,
        ts,
        texts.definition,
        texts.ranges,
      );
      const row = { number: Number(lastInsertRowid), database: database.number, id, etag, ts, ...texts };
      return putContainer(row, { partitionKey });
    },
    replaceContainer: (entry, definition) =>
      change(entry, { ...entry, definition, etag: newEtag(), ts: now() }),
    replaceRanges: (entry, ranges) => change(entry, { ...entry, ranges }),
    deleteContainer(entry) {
      isChanged = true;
      dropContainer(entry);
    },
    settle(committed) {
      if (isChanged && !committed) load();
      else if (!committed) for (const entry of containers.values()) entry.documents.forgetUncommitted();
      isChanged = false;
    },
  };
}

const nameKey = (database: DatabaseEntry, id: string): string => `${database.number}/${id}`;
