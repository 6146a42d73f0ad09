import { benchItem, perKey } from "../items.ts";
import type { WireRequest } from "../wire.ts";

/** Documents that point operations go round. */
export const pointItems = 1_000;

/** The documents of the container that everything here is asked of. */
export const docs = "/dbs/bench/colls/items/docs";

/** Ours sees the one physical partition by its id; the peer goes by the other header. Both get both. */
const wholeContainer = {
  "x-ms-documentdb-isquery": "true",
  "content-type": "application/query+json",
  "x-ms-documentdb-query-enablecrosspartition": "true",
  "x-ms-documentdb-partitionkeyrangeid": "0",
  "x-ms-max-item-count": "100",
} as const;

export const readItem = (turn: number): WireRequest => {
  const { id, pk } = benchItem(turn % pointItems);
  return { method: "GET", path: `${docs}/${id}`, headers: keyOf(pk) };
};

export const upsertItem = (turn: number): WireRequest => writeItem(turn % pointItems, true);

const keyOf = (pk: string): Record<string, string> => ({
  "x-ms-documentdb-partitionkey": JSON.stringify([pk]),
});

export function writeItem(n: number, isUpsert: boolean): WireRequest {
  const item = benchItem(n);
  const headers = { ...keyOf(item.pk), "content-type": "application/json" };
  return {
    method: "POST",
    path: docs,
    headers: isUpsert ? { ...headers, "x-ms-documentdb-is-upsert": "true" } : headers,
    body: JSON.stringify(item),
  };
}

const query = (text: string, parameters: object[] = []): WireRequest => ({
  method: "POST",
  path: docs,
  headers: wholeContainer,
  body: JSON.stringify({ query: text, parameters }),
});

export const selectiveFilter = (turn: number, items: number): WireRequest =>
  query("SELECT * FROM c WHERE c.key = @key", [{ name: "@key", value: (turn * 31) % (items / perKey) }]);

export const topByRank = query("SELECT TOP 20 * FROM c ORDER BY c.rank DESC");

export const topOfFilter = query("SELECT TOP 20 * FROM c WHERE c.status = 'paid' ORDER BY c.rank");
