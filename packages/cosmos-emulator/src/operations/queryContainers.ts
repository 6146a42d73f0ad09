import { containersFeed } from "./listContainers.ts";
import { queryFeed } from "./metadataFeed.ts";
import { dataActions, type Operation } from "./operation.ts";

/** `POST /dbs/{id}/colls` with a query. Source: `@azure/cosmos`, client/Container/Containers.js. */
export const queryContainers: Operation = {
  name: "queryContainers",
  dataAction: dataActions.readMetadata,
  run: (account, call) => queryFeed(call, containersFeed(account, call)),
};
