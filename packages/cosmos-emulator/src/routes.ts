import * as faults from "./admin/faults.ts";
import * as principals from "./admin/principals.ts";
import * as roles from "./admin/roles.ts";
import type { AdminRoute } from "./admin/route.ts";
import * as tokens from "./admin/tokens.ts";
import * as regions from "./admin/topology.ts";
import { splitPartition } from "./admin/topology.ts";
import { type Call, header, isTrue } from "./http/call.ts";
import type { ResourceType } from "./http/target.ts";
import { managedIdentityToken } from "./identity/managedIdentityToken.ts";
import {
  type IdentityHandler,
  openIdDocument,
  signingKeySet,
  type TenantHandler,
} from "./identity/openId.ts";
import { readAccount } from "./operations/account.ts";
import * as containers from "./operations/containers/containers.ts";
import { readPartitionKeyRanges } from "./operations/containers/partitionKeyRanges.ts";
import * as databases from "./operations/databases.ts";
import { batchDocuments } from "./operations/documents/batchDocuments.ts";
import { readChangeFeed } from "./operations/documents/changeFeed.ts";
import * as documents from "./operations/documents/documents.ts";
import { patchDocument } from "./operations/documents/patchDocument.ts";
import * as queries from "./operations/documents/queryDocuments.ts";
import * as offers from "./operations/offers.ts";
import type { Operation } from "./operations/operation.ts";
import { isQuery } from "./operations/request.ts";

// Every route of the emulator: the data plane's, the identity service's, and the administrative endpoint's.

const database = "/dbs/{database}";
const container = `${database}/colls/{container}`;
const document = `${container}/docs/{document}`;

/** A route of the data plane: of several with one method and path, the first whose condition holds. */
type DataPlaneRoute = readonly [
  method: string,
  path: string,
  operation: Operation,
  condition?: (call: Call) => boolean,
];

/** The data plane, over HTTPS. The names of the operations are those by which faults on demand tell them. */
export const dataPlaneRoutes: readonly DataPlaneRoute[] = [
  ["GET", "/", readAccount],

  ["POST", "/dbs", databases.queryDatabases, isQuery],
  ["POST", "/dbs", databases.createDatabase],
  ["GET", "/dbs", databases.listDatabases],
  ["GET", database, databases.readDatabase],
  ["DELETE", database, databases.deleteDatabase],

  ["POST", `${database}/colls`, containers.queryContainers, isQuery],
  ["POST", `${database}/colls`, containers.createContainer],
  ["GET", `${database}/colls`, containers.listContainers],
  ["GET", container, containers.readContainer],
  ["PUT", container, containers.replaceContainer],
  ["DELETE", container, containers.deleteContainer],
  ["GET", `${container}/pkranges`, readPartitionKeyRanges],

  // First: some clients say of these nothing else. Source: azure-cosmos for Python, _GetQueryPlanThroughGateway.
  ["POST", `${container}/docs`, queries.readQueryPlan, says("x-ms-cosmos-is-query-plan-request")],
  ["POST", `${container}/docs`, queries.queryDocuments, isQuery],
  ["POST", `${container}/docs`, batchDocuments, says("x-ms-cosmos-is-batch-request")],
  ["POST", `${container}/docs`, documents.upsertDocument, says("x-ms-documentdb-is-upsert")],
  ["POST", `${container}/docs`, documents.createDocument],
  ["GET", `${container}/docs`, readChangeFeed, (call) => header(call, "a-im") !== undefined],
  ["GET", `${container}/docs`, queries.listDocuments],
  ["GET", document, documents.readDocument],
  ["PUT", document, documents.replaceDocument],
  ["PATCH", document, patchDocument],
  ["DELETE", document, documents.deleteDocument],
  ["POST", `${container}/operations/partitionkeydelete`, documents.deletePartitionKey],

  ["GET", "/offers", offers.listOffers],
  ["POST", "/offers", offers.queryOffers],
  ["GET", "/offers/{offer}", offers.readOffer],
  ["PUT", "/offers/{offer}", offers.replaceOffer],
];

/** Kinds of resource that this emulator refuses as a whole, by the name that people know and its verb. */
export const refusedResources: Readonly<Partial<Record<ResourceType, string>>> = {
  sprocs: "Stored procedures are",
  triggers: "Triggers are",
  udfs: "User-defined functions are",
  users: "Users are",
  permissions: "Permissions are",
  conflicts: "The conflict feed is",
  attachments: "Attachments are",
  clientencryptionkeys: "Client encryption keys are",
};

/** The path of App Service's managed identity protocol. */
export const managedIdentityPath = "/msi/token";

/** The managed identity's tokens, over HTTP. */
export const identityRoutes: readonly (readonly [method: string, path: string, handler: IdentityHandler])[] =
  [["GET", managedIdentityPath, managedIdentityToken]];

/** What Entra ID serves below `/{tenant}`, over HTTP and HTTPS. */
export const tenantRoutes: readonly (readonly [method: string, path: string, handler: TenantHandler])[] = [
  ["GET", "/.well-known/openid-configuration", openIdDocument("1.0")],
  ["GET", "/v2.0/.well-known/openid-configuration", openIdDocument("2.0")],
  ["GET", "/discovery/keys", signingKeySet],
  ["GET", "/discovery/v2.0/keys", signingKeySet],
  ["POST", "/oauth2/v2.0/token", ({ token }, request) => token(request)],
];

/** The administrative endpoint below `/_emulator`, over HTTP. */
export const adminRoutes: readonly AdminRoute[] = [
  ["GET", "/faults", faults.listFaults],
  ["POST", "/faults", faults.addFault, 201],
  ["DELETE", "/faults", faults.clearFaults, 204],
  ["DELETE", "/faults/:id", faults.removeFault, 204],
  ["GET", "/latency", faults.readLatency],
  ["PUT", "/latency", faults.setLatency],

  ["GET", "/regions", regions.listRegions],
  ["PUT", "/regions/:name", regions.changeRegion],
  ["POST", "/failover", regions.failover],
  ["POST", "/splits", splitPartition],

  ["GET", "/roles", roles.listRoles],
  ["POST", "/roles/definitions", roles.defineRole, 201],
  ["DELETE", "/roles/definitions/:id", roles.removeRole, 204],
  ["POST", "/roles/assignments", roles.assignRole, 201],
  ["DELETE", "/roles/assignments/:id", roles.unassignRole, 204],

  ["POST", "/identities", principals.addIdentity, 201],
  ["POST", "/service-principals", principals.addServicePrincipal, 201],
  ["POST", "/users", principals.addUser, 201],

  ["POST", "/tokens", tokens.issueToken, 201],
  ["POST", "/signing-key", tokens.rotateSigningKey, 201],
];

/** A condition that a header says `true`. */
function says(name: string): (call: Call) => boolean {
  return (call) => isTrue(call, name);
}
