import { isExpired } from "../execution/timeToLive.ts";
import { type Call, header } from "../http/call.ts";
import { childNumber } from "../resourceId.ts";
import { notFound } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { DocumentKey, StoredDocument } from "../store/documents.ts";
import { readKey } from "./documentBody.ts";

/** The document that a call's path and partition key name: by id, or by the resource id that `_self` links have. */
export function findDocument(container: ContainerEntry, call: Call): StoredDocument & { key: DocumentKey } {
  const name = call.target.ids.docs ?? "";
  const key = readKey(container, name, header(call, "x-ms-documentdb-partitionkey"));
  const byId = container.documents.find(key);
  if (byId !== undefined && !isExpired(container, byId)) return { ...byId, key };
  const number = childNumber(container.rid, name);
  const byRid = number === undefined ? undefined : container.documents.findByNumber(number);
  if (byRid === undefined || byRid.pk !== key.pk || isExpired(container, byRid)) throw notFound();
  return { ...byRid, key: { pk: byRid.pk, id: byRid.id } };
}
