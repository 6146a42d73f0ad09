import { charge } from "../charge.ts";
import { dataActions, type Operation } from "./operation.ts";
import { databaseBody, reply } from "./resources.ts";

/** `GET /dbs`. Source: Learn, REST "List Databases". */
export const listDatabases: Operation = {
  name: "listDatabases",
  dataAction: dataActions.readMetadata,
  run({ store }) {
    const databases = store.catalog.listDatabases().map(databaseBody);
    return reply(200, charge.metadata, { _rid: "", Databases: databases, _count: databases.length });
  },
};
