import { charge } from "../charge.ts";
import { header } from "../http/call.ts";
import { readKey } from "./documentBody.ts";
import { dataActions, type Operation } from "./operation.ts";
import { findContainer, rangeHeaders, reply } from "./resources.ts";

/**
 * `POST /dbs/{id}/colls/{id}/operations/partitionkeydelete`: all documents of a partition key. The service hides them
 * at once and removes them in the background; here they are gone with the answer.
 * Source: Learn, "Delete items by partition key value"; azure-cosmos for Python, DeleteAllItemsByPartitionKey.
 */
export const deletePartitionKey: Operation = {
  name: "deletePartitionKey",
  dataAction: dataActions.deleteItem,
  run(account, call) {
    const container = findContainer(account, call);
    const { documents } = container;
    const { pk, range } = readKey(container, "", header(call, "x-ms-documentdb-partitionkey"));
    const cost = account.store.transaction(() =>
      documents.numbersOf(pk).reduce((sum, number) => {
        const document = documents.findByNumber(number);
        if (document === undefined) return sum;
        documents.nextLsn();
        documents.remove(document);
        return sum + charge.delete(Buffer.byteLength(document.body));
      }, charge.metadata),
    );
    return reply(200, cost, undefined, rangeHeaders(container, range));
  },
};
