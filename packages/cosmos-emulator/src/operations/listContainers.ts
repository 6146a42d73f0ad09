import { charge } from "../charge.ts";
import { dataActions, type Operation } from "./operation.ts";
import { containerBody, findDatabase, reply } from "./resources.ts";

/** `GET /dbs/{id}/colls`. Source: Learn, REST "List Collections". */
export const listContainers: Operation = {
  name: "listContainers",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const database = findDatabase(account, call);
    const containers = account.store.catalog.listContainers(database).map(containerBody);
    return reply(200, charge.metadata, {
      _rid: database.rid,
      DocumentCollections: containers,
      _count: containers.length,
    });
  },
};
