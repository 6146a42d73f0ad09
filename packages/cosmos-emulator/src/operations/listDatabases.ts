import type { Account } from "../account.ts";
import { listFeed, type MetadataFeed } from "./metadataFeed.ts";
import { dataActions, type Operation } from "./operation.ts";
import { databaseBody } from "./resources.ts";

/** The account's databases. */
export const databasesFeed = ({ store }: Account): MetadataFeed => ({
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
