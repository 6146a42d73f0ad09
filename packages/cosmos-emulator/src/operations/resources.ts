import type { Account } from "../account.ts";
import { type Call, header, type Reply } from "../http/call.ts";
import type { JsonObject } from "../json.ts";
import { own } from "../json.ts";
import { limits } from "../limits.ts";
import { type PartitionKeyRange, rangeOf } from "../partitionKey/partitionKeyRange.ts";
import { badRequest, notFound, ownerNotFound, preconditionFailed } from "../serviceError.ts";
import { sessionToken } from "../sessionToken.ts";
import type { ContainerEntry, DatabaseEntry } from "../store/catalog.ts";

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
  return entry;
}

/** The name in the body of a create, checked. Source: Learn, REST "Create a Database". */
export function readName(body: JsonObject): string {
  const id = own(body, "id");
  if (typeof id !== "string" || id === "") {
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing");
  }
  if (id.length > limits.resourceNameLength || /[/\\?#\0]|\s$/.test(id) || !id.isWellFormed()) {
    throw badRequest(
      `The name '${id.slice(0, 64)}' is not valid: up to ${limits.resourceNameLength} characters, none of / \\ ? #, no space at its end.`,
    );
  }
  return id;
}

/** Refuses when `If-Match` names another etag. A resource without a match and `*` is fine where it exists. */
export function checkIfMatch(call: Call, etag: string): void {
  const wanted = header(call, "if-match");
  if (wanted !== undefined && wanted !== "*" && !isSameEtag(wanted, etag)) throw preconditionFailed();
}

/** Whether `If-None-Match` says that the client has this version. */
export function isNotModified(call: Call, etag: string): boolean {
  const known = header(call, "if-none-match");
  return known !== undefined && (known === "*" || isSameEtag(known, etag));
}

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

const paths = new WeakMap<ContainerEntry, string>();

/** `dbs/{id}/colls/{id}`, made once for a container. */
function pathOf(container: ContainerEntry): string {
  const known = paths.get(container);
  if (known !== undefined) return known;
  const path = `dbs/${encodeURIComponent(container.database.id)}/colls/${encodeURIComponent(container.id)}`;
  paths.set(container, path);
  return path;
}

const headersWith = (container: ContainerEntry, token: string): Record<string, string> => ({
  "x-ms-session-token": token,
  "x-ms-alt-content-path": pathOf(container),
  "x-ms-content-path": container.rid,
  lsn: String(container.documents.lsn()),
});

/** Headers of every answer about a container. */
export function containerHeaders(container: ContainerEntry): Record<string, string> {
  const lsn = container.documents.lsn();
  return headersWith(container, container.ranges.map(({ id }) => sessionToken(id, lsn)).join());
}

/** Headers of an answer about one physical partition. */
export const rangeHeaders = (
  container: ContainerEntry,
  range: PartitionKeyRange,
): Record<string, string> => ({
  ...headersWith(container, sessionToken(range.id, container.documents.lsn())),
  "x-ms-documentdb-partitionkeyrangeid": range.id,
});

/** Headers of an answer about a document, whose effective partition key this is. */
export const documentHeaders = (container: ContainerEntry, epk: string): Record<string, string> =>
  rangeHeaders(container, rangeOf(container.ranges, epk));

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

/** A container's document, as the service shows it. */
export const containerBody = (entry: ContainerEntry): JsonObject => ({
  ...entry.definition,
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
