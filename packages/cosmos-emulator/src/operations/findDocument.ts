import { isExpired } from "../execution/timeToLive.ts";
import { type Call, header } from "../http/call.ts";
import type { RegionView } from "../regions/regionView.ts";
import { childNumber } from "../resourceId.ts";
import { notFound } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { DocumentKey, StoredDocument } from "../store/documents.ts";
import { readKey } from "./documentBody.ts";

/**
 * The document that a call's path and partition key name: by id, or by the resource id that `_self` links have.
 *
 * @param view what the region sees, for reads; writes are made to what there is
 */
export function findDocument(
  container: ContainerEntry,
  call: Call,
  view?: RegionView,
): StoredDocument & { key: DocumentKey } {
  const name = call.target.ids.docs ?? "";
  const key = readKey(container, name, header(call, "x-ms-documentdb-partitionkey"));
  const byId = view === undefined ? container.documents.find(key) : view.find(container, key);
  if (byId !== undefined && !isExpired(container, byId)) return { ...byId, key };
  const number = childNumber(container.rid, name);
  const byRid = number === undefined ? undefined : container.documents.findByNumber(number);
  if (byRid === undefined || byRid.pk !== key.pk) throw notFound();
  const seen = view === undefined ? byRid : view.versionOf(container, byRid);
  if (seen === undefined || isExpired(container, seen)) throw notFound();
  return { ...seen, key: { pk: byRid.pk, id: byRid.id } };
}
