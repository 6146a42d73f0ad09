import { type Call, header, isTrue } from "../http/call.ts";
import type { ResourceType } from "../http/target.ts";
import { badRequest, ServiceError } from "../serviceError.ts";
import { batchDocuments } from "./batchDocuments.ts";
import { createContainer } from "./createContainer.ts";
import { createDatabase } from "./createDatabase.ts";
import { createDocument } from "./createDocument.ts";
import { deleteContainer } from "./deleteContainer.ts";
import { deleteDatabase } from "./deleteDatabase.ts";
import { deleteDocument } from "./deleteDocument.ts";
import { deletePartitionKey } from "./deletePartitionKey.ts";
import { listContainers } from "./listContainers.ts";
import { listDatabases } from "./listDatabases.ts";
import { listDocuments } from "./listDocuments.ts";
import { listOffers } from "./listOffers.ts";
import { isQuery } from "./metadataFeed.ts";
import type { Operation } from "./operation.ts";
import { patchDocument } from "./patchDocument.ts";
import { queryContainers } from "./queryContainers.ts";
import { queryDatabases } from "./queryDatabases.ts";
import { queryDocuments } from "./queryDocuments.ts";
import { queryOffers } from "./queryOffers.ts";
import { readQueryPlan } from "./queryPlan.ts";
import { readAccount } from "./readAccount.ts";
import { readChangeFeed } from "./readChangeFeed.ts";
import { readContainer } from "./readContainer.ts";
import { readDatabase } from "./readDatabase.ts";
import { readDocument } from "./readDocument.ts";
import { readOffer } from "./readOffer.ts";
import { readPartitionKeyRanges } from "./readPartitionKeyRanges.ts";
import { replaceContainer } from "./replaceContainer.ts";
import { replaceDocument } from "./replaceDocument.ts";
import { replaceOffer } from "./replaceOffer.ts";
import { upsertDocument } from "./upsertDocument.ts";

/** Operations by method, kind of resource, and whether the path names one resource or the feed. */
const operations: Readonly<Record<string, Operation>> = {
  "GET account": readAccount,
  "POST dbs feed": createDatabase,
  "GET dbs feed": listDatabases,
  "GET dbs": readDatabase,
  "DELETE dbs": deleteDatabase,
  "POST colls feed": createContainer,
  "GET colls feed": listContainers,
  "GET colls": readContainer,
  "PUT colls": replaceContainer,
  "DELETE colls": deleteContainer,
  "GET pkranges feed": readPartitionKeyRanges,
  "POST partitionkey feed": deletePartitionKey,
  "POST docs feed": createDocument,
  "GET docs feed": listDocuments,
  "GET docs": readDocument,
  "PUT docs": replaceDocument,
  "PATCH docs": patchDocument,
  "DELETE docs": deleteDocument,
  "GET offers feed": listOffers,
  "POST offers feed": queryOffers,
  "GET offers": readOffer,
  "PUT offers": replaceOffer,
};

/** Operations that a header tells from those above. */
const byHeader: readonly Operation[] = [
  upsertDocument,
  batchDocuments,
  queryDocuments,
  readQueryPlan,
  queryDatabases,
  queryContainers,
  readChangeFeed,
];

/** The names of all operations. */
export const operationNames: readonly string[] = [...Object.values(operations), ...byHeader].map(
  ({ name }) => name,
);

/** Kinds of resource that this emulator refuses as a whole, by the name that people know and its verb. */
const refused: Readonly<Partial<Record<ResourceType, string>>> = {
  sprocs: "Stored procedures are",
  triggers: "Triggers are",
  udfs: "User-defined functions are",
  users: "Users are",
  permissions: "Permissions are",
  conflicts: "The conflict feed is",
  attachments: "Attachments are",
  clientencryptionkeys: "Client encryption keys are",
};

/** Headers that name triggers to run with a write. Source: `@azure/cosmos`, common/constants.js. */
const triggerHeaders = ["x-ms-documentdb-pre-trigger-include", "x-ms-documentdb-post-trigger-include"];

/** The operation that a call asks for. */
export function selectOperation(call: Call): Operation {
  const { type, isFeed } = call.target;
  const name = refused[type];
  if (name !== undefined) throw badRequest(`${name} not supported by the emulator.`);
  if (triggerHeaders.some((trigger) => header(call, trigger))) {
    throw badRequest(`${refused.triggers} not supported by the emulator.`);
  }
  if (type === "docs" && isFeed && call.method === "POST") {
    // First: some clients say of these nothing else. Source: azure-cosmos for Python, _GetQueryPlanThroughGateway.
    if (isTrue(call, "x-ms-cosmos-is-query-plan-request")) return readQueryPlan;
    if (isQuery(call)) return queryDocuments;
    if (isTrue(call, "x-ms-cosmos-is-batch-request")) return batchDocuments;
    if (isTrue(call, "x-ms-documentdb-is-upsert")) return upsertDocument;
  }
  if (type === "docs" && isFeed && call.method === "GET" && header(call, "a-im") !== undefined) {
    return readChangeFeed;
  }
  if (isFeed && call.method === "POST" && isQuery(call)) {
    if (type === "dbs") return queryDatabases;
    if (type === "colls") return queryContainers;
  }
  const key = type === "" ? "account" : isFeed ? `${type} feed` : type;
  const operation = operations[`${call.method} ${key}`];
  if (operation === undefined) {
    throw new ServiceError(405, `The emulator has no operation ${call.method} on ${key}.`);
  }
  return operation;
}
