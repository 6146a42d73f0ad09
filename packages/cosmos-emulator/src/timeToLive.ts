import { type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";

/** A container's default time to live in seconds; -1: items live for ever unless they say otherwise; absent: off. */
export function defaultTtl(definition: JsonObject): number | undefined {
  const ttl = own(definition, "defaultTtl");
  return typeof ttl === "number" ? ttl : undefined;
}

/**
 * Whether a document's time is over: it is not seen any more, even before it is purged. An item's own `ttl` counts only
 * where its container has time to live turned on. Source: Learn, "Time to live (TTL)".
 *
 * @param inherited the container's default
 */
export function isPast(
  { ts, ttl }: { readonly ts: number; readonly ttl: number | null },
  inherited: number | undefined,
): boolean {
  if (inherited === undefined) return false;
  const seconds = ttl ?? inherited;
  return seconds > 0 && ts + seconds <= Math.floor(Date.now() / 1000);
}

/** Whether a document of a container is past its time to live. */
export const isExpired = (
  { definition }: { readonly definition: JsonObject },
  document: Parameters<typeof isPast>[0],
): boolean => isPast(document, defaultTtl(definition));
