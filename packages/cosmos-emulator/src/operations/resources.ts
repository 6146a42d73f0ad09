import type { JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { own } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../account.ts";
import { isBeforePartitionKeys } from "../http/apiVersion.ts";
import { type Call, header, type Reply } from "../http/call.ts";
import { limits } from "../limits.ts";
import { type PartitionKeyRange, rangeOf } from "../partitionKey/partitionKeyRange.ts";
import { badRequest, notFound, ownerNotFound, preconditionFailed } from "../serviceError.ts";
import { sessionToken } from "../sessionToken.ts";
import type { ContainerEntry, DatabaseEntry } from "../store/catalog.ts";
import { namedRange } from "./namedRange.ts";

/** The database that a call's path names. */
export function findDatabase(account: Account, call: Call): DatabaseEntry {
  const entry = account.store.catalog.findDatabase(call.target.ids.dbs ?? "");
  if (entry === undefined) throw call.target.type === "dbs" ? notFound() : ownerNotFound();
  return entry;
}

/** The container that a call's path names. */
export function findContainer(account: Account, call: Call): ContainerEntry {
  const entry = account.store.catalog.findContainer(findDatabase(account, call), call.target.ids.colls ?? "");
  if (entry === undefined) throw call.target.type === "colls" ? notFound() : ownerNotFound();
  checkIntended(entry, call);
  // A partition that is gone is gone for every operation on documents, whatever it then does with the rest.
  if (call.target.type === "docs") namedRange(entry, call);
  return entry;
}

/**
 * Refuses a request whose client means an earlier container of that name: it then reads the container anew.
 * Source: Azure/azure-sdk-for-java, issue 49097; azure-cosmos for Python, _container_recreate_retry_policy.py.
 */
function checkIntended({ rid }: ContainerEntry, call: Call): void {
  const intended = header(call, "x-ms-cosmos-intended-collection-rid");
  if (intended === undefined || intended === "" || intended === rid) return;
  throw badRequest("Collection rid provided by the user does not match the existing collection.", 1024);
}

/** The name in the body of a create, checked. Source: Learn, REST "Create a Database". */
export function readName(body: JsonObject): string {
  const id = own(body, "id");
  if (typeof id !== "string" || id === "") {
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing");
  }
  if (id.length > limits.resourceNameLength) {
    throw badRequest(
      `The input name '${id.slice(0, 64)}…' is invalid. Ensure to provide a unique non-empty string less than '${limits.resourceNameLength}' characters.`,
    );
  }
  if (/[/\\?#\0]|\s$/.test(id) || !id.isWellFormed()) {
    throw badRequest(
      `The name '${id.slice(0, 64)}' is not valid: it may have none of / \\ ? # and no space at its end.`,
    );
  }
  return id;
}

/** Refuses a write whose `If-Match`, where it has one, names another version than the one that is there; `*` is any. */
export function checkVersion(ifMatch: string | undefined, etag: string): void {
  if (ifMatch !== undefined && !isVersion(ifMatch, etag)) throw preconditionFailed();
}

/** Whether `If-None-Match` says that the client has this version. */
export function isNotModified(call: Call, etag: string): boolean {
  const known = header(call, "if-none-match");
  return known !== undefined && isVersion(known, etag);
}

/** Whether a condition's etag is that of the version that is there; `*` is any. */
export const isVersion = (wanted: string, etag: string): boolean =>
  wanted === "*" || isSameEtag(wanted, etag);

/** Etags are compared with or without their quotes: some clients strip them. */
const isSameEtag = (one: string, other: string): boolean =>
  one === other || one.replaceAll('"', "") === other.replaceAll('"', "");

/** A JSON reply with its request charge. */
export function reply(
  status: number,
  requestCharge: number,
  body?: JsonObject | string,
  headers: Record<string, string> = {},
): Reply {
  const own = { "x-ms-request-charge": String(requestCharge), ...headers };
  if (body === undefined) return { status, headers: own };
  return { status, headers: own, body: typeof body === "string" ? body : JSON.stringify(body) };
}

/**
 * Headers of every answer about a container. The session token is of one range: that is all that some clients can read
 * where they have asked for no documents. Source: azure-cosmos for Java, SessionTokenHelper.parse.
 *
 * @param lsn up to where the region sees the container's writes
 */
export function containerHeaders(
  container: ContainerEntry,
  lsn = container.documents.lsn(),
): Record<string, string> {
  const first = container.ranges.slice(0, 1);
  return {
    "x-ms-session-token": first.map(({ id }) => sessionToken(id, lsn)).join(),
    "x-ms-alt-content-path": `dbs/${encodeURIComponent(container.database.id)}/colls/${encodeURIComponent(container.id)}`,
    "x-ms-content-path": container.rid,
    lsn: String(lsn),
  };
}

/**
 * Headers of an answer that is the container itself: the paths in it are those of what owns it, the database.
 * Source: azure-cosmos for Java, RxDocumentServiceResponse.getResource, which builds the container's link from them.
 */
export const ownedContainerHeaders = (container: ContainerEntry): Record<string, string> => ({
  ...containerHeaders(container),
  "x-ms-alt-content-path": `dbs/${encodeURIComponent(container.database.id)}`,
  "x-ms-content-path": container.database.rid,
  etag: container.etag,
});

/** Headers of an answer about one physical partition. */
export const rangeHeaders = (
  container: ContainerEntry,
  range: PartitionKeyRange,
  lsn = container.documents.lsn(),
): Record<string, string> => ({
  ...containerHeaders(container, lsn),
  "x-ms-session-token": sessionToken(range.id, lsn),
  "x-ms-documentdb-partitionkeyrangeid": range.id,
});

/** Headers of an answer about some of the physical partitions: of one alone, that one's; of several, all their tokens. */
export function rangesHeaders(
  container: ContainerEntry,
  ranges: readonly PartitionKeyRange[],
): Record<string, string> {
  const [range] = ranges;
  if (range !== undefined && ranges.length === 1) return rangeHeaders(container, range);
  const lsn = container.documents.lsn();
  const token = ranges.map(({ id }) => sessionToken(id, lsn)).join();
  return { ...containerHeaders(container, lsn), "x-ms-session-token": token };
}

/** The body of a feed of documents or rows, each as JSON. */
export const documentsBody = ({ rid }: ContainerEntry, texts: readonly string[]): string =>
  `{"_rid":${JSON.stringify(rid)},"Documents":[${texts.join()}],"_count":${texts.length}}`;

/** Headers of an answer about a document, whose effective partition key this is. */
export const documentHeaders = (
  container: ContainerEntry,
  epk: string,
  lsn?: number,
): Record<string, string> => rangeHeaders(container, rangeOf(container.ranges, epk), lsn);

/** A database's document, as the service shows it. */
export const databaseBody = (entry: DatabaseEntry): JsonObject => ({
  id: entry.id,
  _rid: entry.rid,
  _self: `dbs/${entry.rid}/`,
  _etag: entry.etag,
  _colls: "colls/",
  _users: "users/",
  _ts: entry.ts,
});

/** What an old client knows of a container's partition key: nothing of a version, and no key that it did not define. */
function oldDefinition({ definition, partitionKey: { paths, kind, systemKey } }: ContainerEntry): JsonObject {
  const { partitionKey: _, ...rest } = definition;
  return systemKey ? rest : { ...rest, partitionKey: { paths, kind } };
}

/** A container's document, as the service shows it to a call's client. */
export const containerBody = (entry: ContainerEntry, call: Call): JsonObject => ({
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
