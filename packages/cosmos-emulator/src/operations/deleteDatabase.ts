import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import type { Operation } from "./operation.ts";
import { checkVersion, findDatabase, reply } from "./resources.ts";

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
