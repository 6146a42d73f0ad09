import { databasesFeed } from "./listDatabases.ts";
import { queryFeed } from "./metadataFeed.ts";
import { dataActions, type Operation } from "./operation.ts";

/** `POST /dbs` with a query. Source: `@azure/cosmos`, client/Database/Databases.js. */
export const queryDatabases: Operation = {
  name: "queryDatabases",
  dataAction: dataActions.readMetadata,
  run: (account, call) => queryFeed(call, databasesFeed(account)),
};
