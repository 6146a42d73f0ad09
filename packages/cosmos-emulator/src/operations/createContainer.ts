import { charge } from "../charge.ts";
import { readPartitionKeyDefinition } from "../partitionKey/partitionKey.ts";
import { evenRanges } from "../partitionKey/partitionKeyRange.ts";
import { conflict } from "../serviceError.ts";
import { partitionsAtStart, readThroughputHeaders } from "../throughput/throughput.ts";
import { readContainerDefinition } from "./containerDefinition.ts";
import type { Operation } from "./operation.ts";
import { containerBody, findDatabase, ownedContainerHeaders, reply } from "./resources.ts";

/** `POST /dbs/{id}/colls`. Source: Learn, REST "Create a Collection". */
export const createContainer: Operation = {
  name: "createContainer",
  dataAction: null,
  run(account, call) {
    const { store } = account;
    const database = findDatabase(account, call);
    const definition = readContainerDefinition(call);
    const { id } = definition;
    if (store.catalog.findContainer(database, id)?.id === id) throw conflict();
    const partitionKey = readPartitionKeyDefinition(definition["partitionKey"]);
    const throughput = readThroughputHeaders(call);
    const count = partitionKey.systemKey ? 1 : (account.physicalPartitions ?? partitionsAtStart(throughput));
    const ranges = evenRanges(count, partitionKey);
    const entry = store.transaction(() => {
      const made = store.catalog.createContainer(database, id, definition, ranges);
      const self = `dbs/${database.rid}/colls/${made.rid}/`;
      if (throughput !== undefined) store.offers.create({ rid: made.rid, self }, throughput);
      return made;
    });
    return reply(201, charge.metadataWrite, containerBody(entry, call), ownedContainerHeaders(entry));
  },
};
