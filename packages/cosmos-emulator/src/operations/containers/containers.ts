import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../../account.ts";
import { charge } from "../../charge.ts";
import { isBeforePartitionKeys } from "../../http/apiVersion.ts";
import { type Call, header, isTrue, reply } from "../../http/call.ts";
import { evenRanges } from "../../partitionKey/partitionKeyRange.ts";
import { badRequest, conflict, ServiceError } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import { partitionsAtStart, readThroughputHeaders } from "../../throughput/throughput.ts";
import { listFeed, type MetadataFeed, queryFeed } from "../metadataFeed.ts";
import { dataActions, type Operation } from "../operation.ts";
import { checkVersion, isNotModified } from "../request.ts";
import { readContainerDefinition } from "./containerDefinition.ts";
import { ownedContainerHeaders } from "./containerReply.ts";
import { partitionStatistics, quotaHeaders } from "./containerStatistics.ts";
import { findContainer, findDatabase } from "./findContainer.ts";

/** `POST /dbs/{id}/colls`. Source: Learn, REST "Create a Collection". */
export const createContainer: Operation = {
  name: "createContainer",
  dataAction: null,
  run(account, call) {
    const { store } = account;
    const database = findDatabase(account, call);
    const { id, partitionKey, definition } = readContainerDefinition(call);
    if (store.catalog.findContainer(database, id)?.id === id) throw conflict();
    const throughput = readThroughputHeaders(call);
    const count = partitionKey.systemKey ? 1 : (account.physicalPartitions ?? partitionsAtStart(throughput));
    const ranges = evenRanges(count, partitionKey);
    const entry = store.transaction(() => {
      const made = store.catalog.createContainer(database, { id, partitionKey, definition, ranges });
      const self = `dbs/${database.rid}/colls/${made.rid}/`;
      if (throughput !== undefined) store.offers.create({ rid: made.rid, self }, throughput);
      return made;
    });
    return reply(201, charge.metadataWrite, containerBody(entry, call), ownedContainerHeaders(entry));
  },
};

/** The containers of the database that a call's path names. */
function containersFeed(account: Account, call: Call): MetadataFeed {
  const database = findDatabase(account, call);
  const entries = account.store.catalog.listContainers(database).map((entry) => containerBody(entry, call));
  return { rid: database.rid, name: "DocumentCollections", entries };
}

/** `GET /dbs/{id}/colls`. Source: Learn, REST "List Collections". */
export const listContainers: Operation = {
  name: "listContainers",
  dataAction: dataActions.readMetadata,
  run: (account, call) => listFeed(call, containersFeed(account, call)),
};

/** `POST /dbs/{id}/colls` with a query. Source: `@azure/cosmos`, client/Container/Containers.js. */
export const queryContainers: Operation = {
  name: "queryContainers",
  dataAction: dataActions.readMetadata,
  run: (account, call) => queryFeed(call, containersFeed(account, call)),
};

/** `GET /dbs/{id}/colls/{id}`. Source: Learn, REST "Get a Collection". */
export const readContainer: Operation = {
  name: "readContainer",
  dataAction: dataActions.readMetadata,
  run(account, call) {
    const entry = findContainer(account, call);
    const headers = ownedContainerHeaders(entry);
    // Both only when asked for: the bytes of all documents are added up.
    if (isTrue(call, "x-ms-documentdb-populatequotainfo")) Object.assign(headers, quotaHeaders(entry));
    if (isNotModified(call, entry.etag)) return reply(304, charge.metadata, undefined, headers);
    const statistics = isTrue(call, "x-ms-documentdb-populatepartitionstatistics")
      ? { statistics: partitionStatistics(entry) }
      : {};
    return reply(200, charge.metadata, { ...containerBody(entry, call), ...statistics }, headers);
  },
};

/** What a replace cannot change. Source: Learn, REST "Replace a Collection". */
const fixed = ["id", "partitionKey"] as const;

/** `PUT /dbs/{id}/colls/{id}`: the indexing policy, the default time to live. */
export const replaceContainer: Operation = {
  name: "replaceContainer",
  dataAction: null,
  run(account, call) {
    const entry = findContainer(account, call);
    const { definition } = readContainerDefinition(call);
    checkVersion(header(call, "if-match"), entry.etag);
    for (const name of fixed) {
      if (!isDeepStrictEqual(definition[name], entry.definition[name])) {
        throw badRequest(`The property '${name}' of a container cannot be changed.`);
      }
    }
    if (!isDeepStrictEqual(definition["uniqueKeyPolicy"], entry.definition["uniqueKeyPolicy"])) {
      throw new ServiceError(
        403,
        'Message: {"Errors":["The unique index cannot be modified. To change the unique index, remove the collection and re-create a new one."]}',
      );
    }
    const replaced = account.store.transaction(() =>
      account.store.catalog.replaceContainer(entry, definition),
    );
    return reply(200, charge.metadataWrite, containerBody(replaced, call), ownedContainerHeaders(replaced));
  },
};

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

/** What an old client knows of a container's partition key: nothing of a version, and no key that it did not define. */
function oldDefinition({ definition, partitionKey: { paths, kind, systemKey } }: ContainerEntry): JsonObject {
  const { partitionKey: _, ...rest } = definition;
  return systemKey ? rest : { ...rest, partitionKey: { paths, kind } };
}

/** A container's document, as the service shows it to a call's client. */
const containerBody = (entry: ContainerEntry, call: Call): JsonObject => ({
  ...(isBeforePartitionKeys(call) ? oldDefinition(entry) : entry.definition),
  _rid: entry.rid,
  _ts: entry.ts,
  _self: `dbs/${entry.database.rid}/colls/${entry.rid}/`,
  _etag: entry.etag,
  _docs: "docs/",
  _sprocs: "sprocs/",
  _triggers: "triggers/",
  _udfs: "udfs/",
  _conflicts: "conflicts/",
});
