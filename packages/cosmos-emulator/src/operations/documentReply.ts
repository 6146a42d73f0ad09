import type { Reply } from "../http/call.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { StoredDocument } from "../store/documents.ts";
import { documentHeaders, reply } from "./resources.ts";

/**
 * An answer that carries a document: its body, its etag, and the container's headers.
 *
 * @param lsn up to where the region sees the container's writes, where that is not all
 */
export function documentReply(
  container: ContainerEntry,
  status: number,
  requestCharge: number,
  { body, etag, epk }: StoredDocument,
  lsn?: number,
): Reply {
  return reply(status, requestCharge, body, { ...documentHeaders(container, epk, lsn), etag });
}
