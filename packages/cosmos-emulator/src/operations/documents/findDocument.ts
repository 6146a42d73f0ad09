import { childNumber } from "../../resourceId.ts";
import { notFound } from "../../serviceError.ts";
import type { DocumentKey, StoredDocument } from "../../store/storedDocument.ts";
import { isExpired } from "../../timeToLive.ts";
import { readKey } from "./documentBody.ts";
import type { DocumentRequest } from "./documentRequest.ts";

/** The document that a request names by partition key and id, or by the resource id that `_self` links have. */
export function findDocument({
  container,
  name,
  partitionKey,
  key,
  view,
}: DocumentRequest): StoredDocument & { key: DocumentKey } {
  const { pk, id } = key ?? readKey(container, name, partitionKey);
  const byId = view === undefined ? container.documents.find({ pk, id }) : view.find(container, { pk, id });
  if (byId !== undefined && !isExpired(container, byId)) return { ...byId, key: { pk, id } };
  const number = childNumber(container.rid, name);
  const byRid = number === undefined ? undefined : container.documents.findByNumber(number);
  if (byRid === undefined || byRid.pk !== pk) throw notFound();
  const seen = view === undefined ? byRid : view.versionOf(container, byRid);
  if (seen === undefined || isExpired(container, seen)) throw notFound();
  return { ...seen, key: { pk, id: byRid.id } };
}
