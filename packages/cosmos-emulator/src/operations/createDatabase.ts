import { charge } from "../charge.ts";
import { bodyObject } from "../http/call.ts";
import { conflict } from "../serviceError.ts";
import type { Operation } from "./operation.ts";
import { databaseBody, readName, reply } from "./resources.ts";

/** `POST /dbs`. Source: Learn, REST "Create a Database". */
export const createDatabase: Operation = {
  name: "createDatabase",
  dataAction: null,
  run({ store }, call) {
    const id = readName(bodyObject(call));
    if (store.catalog.findDatabase(id)?.id === id) throw conflict();
    const entry = store.transaction(() => store.catalog.createDatabase(id));
    return reply(201, charge.metadataWrite, databaseBody(entry), { etag: entry.etag });
  },
};
