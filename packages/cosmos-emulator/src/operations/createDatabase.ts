import { charge } from "../charge.ts";
import { bodyObject } from "../http/call.ts";
import { conflict } from "../serviceError.ts";
import { readThroughputHeaders } from "../throughput/throughput.ts";
import type { Operation } from "./operation.ts";
import { databaseBody, readName, reply } from "./resources.ts";

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
