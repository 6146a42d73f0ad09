import { charge } from "../charge.ts";
import { dataActions, type Operation } from "./operation.ts";
import { databaseBody, findDatabase, isNotModified, reply } from "./resources.ts";

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
