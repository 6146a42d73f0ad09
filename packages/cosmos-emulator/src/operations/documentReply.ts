import type { Reply } from "../http/call.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { StoredDocument } from "../store/documents.ts";
import { documentHeaders, reply } from "./resources.ts";

/** An answer that carries a document: its body, its etag, and the container's headers. */
export function documentReply(
  container: ContainerEntry,
  status: number,
  requestCharge: number,
  { body, etag, epk }: StoredDocument,
): Reply {
  return reply(status, requestCharge, body, { ...documentHeaders(container, epk), etag });
}
