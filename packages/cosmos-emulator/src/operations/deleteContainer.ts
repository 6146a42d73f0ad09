import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import type { Operation } from "./operation.ts";
import { checkVersion, findContainer, reply } from "./resources.ts";

/** `DELETE /dbs/{id}/colls/{id}`, with its documents. Source: Learn, REST "Delete a Collection". */
export const deleteContainer: Operation = {
  name: "deleteContainer",
  dataAction: null,
  run(account, call) {
    const entry = findContainer(account, call);
    checkVersion(header(call, "if-match"), entry.etag);
    const { store } = account;
    store.transaction(() => {
      store.offers.removeOf(entry.rid);
      store.catalog.deleteContainer(entry);
    });
    return reply(204, charge.metadataWrite);
  },
};
