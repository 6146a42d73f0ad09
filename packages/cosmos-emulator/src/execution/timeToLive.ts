import type { ContainerEntry } from "../store/catalog.ts";
import type { StoredDocument } from "../store/storedDocument.ts";
import { defaultTtl, isPast } from "../timeToLive.ts";

/** Whether a document of a container is past its time to live. */
export const isExpired = (
  { definition }: ContainerEntry,
  document: Pick<StoredDocument, "ts" | "ttl">,
): boolean => isPast(document, defaultTtl(definition));
