import type { Account } from "../../account.ts";
import { type Call, header } from "../../http/call.ts";
import type { PartitionKeyRange } from "../../partitionKey/partitionKeyRange.ts";
import { badRequest, notFound, ownerNotFound, rangeGone } from "../../serviceError.ts";
import type { ContainerEntry, DatabaseEntry } from "../../store/catalog.ts";

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

/**
 * The physical partition that a request names by `x-ms-documentdb-partitionkeyrangeid`, either by its id alone or after
 * the container's resource id and a comma; `undefined` when it names none.
 *
 * @throws ServiceError 410 with substatus 1002 when there is no such partition any more
 */
export function namedRange(container: ContainerEntry, call: Call): PartitionKeyRange | undefined {
  const name = header(call, "x-ms-documentdb-partitionkeyrangeid");
  if (name === undefined || name === "") return undefined;
  const id = name.slice(name.lastIndexOf(",") + 1).trim();
  const range = container.ranges.find((candidate) => candidate.id === id);
  if (range !== undefined) return range;
  throw rangeGone();
}
