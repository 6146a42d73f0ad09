import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import { charge } from "../charge.ts";
import { bindingOf, readContinuation, writeContinuation } from "../execution/continuation.ts";
import { type Call, header, type Reply, reply } from "../http/call.ts";
import { withQueryErrors } from "../serviceError.ts";
import { readQueryRequest } from "./queryRequest.ts";
import { readItemCount } from "./request.ts";

/** A feed of databases, containers or offers: what is in it, and how its answers are written. */
export interface MetadataFeed {
  /** The resource id of what it belongs to; empty for the account's own. */
  readonly rid: string;
  /** The property of the answer that has the entries. */
  readonly name: "Databases" | "DocumentCollections" | "Offers";
  readonly entries: readonly JsonObject[];
}

/** A page of all that a feed has. Source: Learn, REST "List Databases". */
export const listFeed = (call: Call, feed: MetadataFeed): Reply =>
  page(call, feed, feed.entries, bindingOf(feed.name, feed.rid));

/** A page of what a query finds in a feed. Source: `@azure/cosmos`, Databases.js and Containers.js, query. */
export function queryFeed(call: Call, feed: MetadataFeed): Reply {
  const request = readQueryRequest(call);
  const rows = withQueryErrors(() => [...request.compiled().run(feed.entries)]);
  return page(call, feed, rows, bindingOf(feed.name, feed.rid, request.text, request.parameters));
}

const isPlace = ({ a }: Record<string, unknown>): boolean => Number.isSafeInteger(a) && (a as number) > 0;

function page(call: Call, { rid, name }: MetadataFeed, rows: readonly Json[], binding: string): Reply {
  const token = header(call, "x-ms-continuation") ?? "";
  const start = token === "" ? 0 : readContinuation<{ a: number }>(binding, token, isPlace).a;
  const found = rows.slice(start, start + readItemCount(call));
  const end = start + found.length;
  return reply(200, charge.metadata, JSON.stringify({ _rid: rid, [name]: found, _count: found.length }), {
    "x-ms-item-count": String(found.length),
    ...(end < rows.length ? { "x-ms-continuation": writeContinuation(binding, { a: end }) } : {}),
  });
}
