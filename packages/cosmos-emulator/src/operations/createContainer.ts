import { charge } from "../charge.ts";
import { bodyObject } from "../http/call.ts";
import { readPartitionKeyDefinition } from "../partitionKey/partitionKey.ts";
import { evenRanges } from "../partitionKey/partitionKeyRange.ts";
import { conflict } from "../serviceError.ts";
import { partitionsAtStart, readThroughputHeaders } from "../throughput/throughput.ts";
import { readContainerDefinition } from "./containerDefinition.ts";
import type { Operation } from "./operation.ts";
import { containerBody, findDatabase, ownedContainerHeaders, readName, reply } from "./resources.ts";

/** `POST /dbs/{id}/colls`. Source: Learn, REST "Create a Collection". */
export const createContainer: Operation = {
  name: "createContainer",
  dataAction: null,
  run(account, call) {
    const { store } = account;
    const database = findDatabase(account, call);
    const body = bodyObject(call);
    const id = readName(body);
    const definition = readContainerDefinition(id, body);
    if (store.catalog.findContainer(database, id)?.id === id) throw conflict();
    const throughput = readThroughputHeaders(call);
    const ranges = evenRanges(
      account.physicalPartitions ?? partitionsAtStart(throughput),
      readPartitionKeyDefinition(definition["partitionKey"]),
    );
    const entry = store.transaction(() => {
      const made = store.catalog.createContainer(database, id, definition, ranges);
      const self = `dbs/${database.rid}/colls/${made.rid}/`;
      if (throughput !== undefined) store.offers.create({ rid: made.rid, self }, throughput);
      return made;
    });
    return reply(201, charge.metadataWrite, containerBody(entry), ownedContainerHeaders(entry));
  },
};
