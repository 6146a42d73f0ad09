import { own } from "../json.ts";
import type { ContainerEntry } from "../store/catalog.ts";
import type { StoredDocument } from "../store/documents.ts";

/** The container's default time to live in seconds; -1: items live for ever unless they say otherwise; absent: off. */
export function defaultTtl({ definition }: ContainerEntry): number | undefined {
  const ttl = own(definition, "defaultTtl");
  return typeof ttl === "number" ? ttl : undefined;
}

/**
 * Whether a document's time is over: it is not seen any more, even before it is purged. An item's own `ttl` counts only
 * where the container has time to live turned on. Source: Learn, "Time to live (TTL)".
 */
export function isExpired(
  container: ContainerEntry,
  { ts, ttl }: Pick<StoredDocument, "ts" | "ttl">,
): boolean {
  const inherited = defaultTtl(container);
  if (inherited === undefined) return false;
  const seconds = ttl ?? inherited;
  return seconds > 0 && ts + seconds <= Math.floor(Date.now() / 1000);
}
