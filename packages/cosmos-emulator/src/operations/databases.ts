import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../account.ts";
import { charge } from "../charge.ts";
import { bodyObject, header, reply } from "../http/call.ts";
import { conflict } from "../serviceError.ts";
import type { DatabaseEntry } from "../store/catalog.ts";
import { readThroughputHeaders } from "../throughput/throughput.ts";
import { findDatabase } from "./containers/findContainer.ts";
import { listFeed, type MetadataFeed, queryFeed } from "./metadataFeed.ts";
import { dataActions, type Operation } from "./operation.ts";
import { checkVersion, isNotModified, readName } from "./request.ts";

/** `POST /dbs`. Source: Learn, REST "Create a Database". */
export const createDatabase: Operation = {
  name: "createDatabase",
  dataAction: null,
  run({ store }, call) {
    const id = readName(bodyObject(call));
    if (store.catalog.findDatabase(id)?.id === id) throw conflict();
    const throughput = readThroughputHeaders(call);
    const entry = store.transaction(() => {
      const made = store.catalog.createDatabase(id);
      if (throughput !== undefined)
        store.offers.create({ rid: made.rid, self: `dbs/${made.rid}/` }, throughput);
      return made;
    });
    return reply(201, charge.metadataWrite, databaseBody(entry), { etag: entry.etag });
  },
};

/** The account's databases. */
const databasesFeed = ({ store }: Account): MetadataFeed => ({
  rid: "",
  name: "Databases",
  entries: store.catalog.listDatabases().map(databaseBody),
});

/** `GET /dbs`. Source: Learn, REST "List Databases". */
export const listDatabases: Operation = {
  name: "listDatabases",
  dataAction: dataActions.readMetadata,
  run: (account, call) => listFeed(call, databasesFeed(account)),
};

/** `POST /dbs` with a query. Source: `@azure/cosmos`, client/Database/Databases.js. */
export const queryDatabases: Operation = {
  name: "queryDatabases",
  dataAction: dataActions.readMetadata,
  run: (account, call) => queryFeed(call, databasesFeed(account)),
};

/** `GET /dbs/{id}`. Source: Learn, REST "Get a Database". */
export const readDatabase: Operation = {
  name: "readDatabase",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const entry = findDatabase(account, call);
    if (isNotModified(call, entry.etag)) return reply(304, charge.metadata, undefined, { etag: entry.etag });
    return reply(200, charge.metadata, databaseBody(entry), { etag: entry.etag });
  },
};

/** `DELETE /dbs/{id}`, with everything in it. Source: Learn, REST "Delete a Database". */
export const deleteDatabase: Operation = {
  name: "deleteDatabase",
  dataAction: null,
  run(account, call) {
    const entry = findDatabase(account, call);
    checkVersion(header(call, "if-match"), entry.etag);
    const { store } = account;
    store.transaction(() => {
      for (const { rid } of [entry, ...store.catalog.listContainers(entry)]) store.offers.removeOf(rid);
      store.catalog.deleteDatabase(entry);
    });
    return reply(204, charge.metadataWrite);
  },
};

/** A database's document, as the service shows it. */
const databaseBody = (entry: DatabaseEntry): JsonObject => ({
  id: entry.id,
  _rid: entry.rid,
  _self: `dbs/${entry.rid}/`,
  _etag: entry.etag,
  _colls: "colls/",
  _users: "users/",
  _ts: entry.ts,
});
