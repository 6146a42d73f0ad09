import type { Account } from "../account.ts";
import type { Call } from "../http/call.ts";
import { listFeed, type MetadataFeed } from "./metadataFeed.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerBody, findDatabase } from "./resources.ts";

/** The containers of the database that a call's path names. */
export function containersFeed(account: Account, call: Call): MetadataFeed {
  const database = findDatabase(account, call);
  const entries = account.store.catalog.listContainers(database).map((entry) => containerBody(entry, call));
  return { rid: database.rid, name: "DocumentCollections", entries };
}

/** `GET /dbs/{id}/colls`. Source: Learn, REST "List Collections". */
export const listContainers: Operation = {
  name: "listContainers",
  dataAction: dataActions.readMetadata,
  run: (account, call) => listFeed(call, containersFeed(account, call)),
};
