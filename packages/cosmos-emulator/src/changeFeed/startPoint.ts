import { type Call, header } from "../http/call.ts";
import { badRequest } from "../serviceError.ts";
import type { ContainerEntry } from "../store/catalog.ts";

/** The two modes of the change feed, by what `A-IM` says. Source: `@azure/cosmos`, client/ChangeFeed/ChangeFeedMode.js. */
export type FeedMode = "latestVersion" | "allVersionsAndDeletes";

const modes: Readonly<Record<string, FeedMode>> = {
  "incremental feed": "latestVersion",
  "full-fidelity feed": "allVersionsAndDeletes",
};

/** The mode that a request asks for. */
export function readMode(call: Call): FeedMode {
  const wanted = header(call, "a-im") ?? "";
  const name = wanted.trim().toLowerCase();
  const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
  if (mode === undefined) throw badRequest(`The A-IM header '${wanted.slice(0, 50)}' names no change feed.`);
  return mode;
}

/**
 * The log sequence number after which a feed is to be read. `If-None-Match` has the etag of the page before, or `*`
 * for now; `If-Modified-Since` a time; without either the feed is read from the beginning. A continuation is further
 * on than the time that the feed was begun at, which some clients repeat with every page.
 * Source: Learn, REST "List Documents"; `@azure/cosmos`, client/ChangeFeed/changeFeedUtils.js.
 */
export function readStart(container: ContainerEntry, call: Call, mode: FeedMode): number {
  const etag = header(call, "if-none-match")?.trim();
  if (etag !== undefined && etag !== "") {
    return etag === "*" ? container.documents.lsn() : readContinuation(etag);
  }
  // In the service's words: Azure/azure-cosmos-dotnet-v3, ChangeFeedIteratorCoreTests.cs. A time is refused likewise.
  if (mode === "allVersionsAndDeletes") {
    throw badRequest("FullFidelity Change Feed must have valid If-None-Match header.");
  }
  const since = header(call, "if-modified-since");
  return since === undefined ? 0 : container.documents.lsnBefore(readTime(since));
}

function readContinuation(etag: string): number {
  const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(etag)?.[1];
  if (digits === undefined) {
    throw badRequest(`The continuation '${etag.slice(0, 50)}' in If-None-Match is none of a change feed.`);
  }
  return Number(digits);
}

/**
 * A time in seconds. Documents know the second of their last write and no more, and SDKs cut a time to its second
 * (RFC 1123 has no fractions): the whole second belongs to the feed, so that nothing after the time is lost.
 */
function readTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw badRequest(`The If-Modified-Since header '${text.slice(0, 50)}' is no time in RFC 1123's format.`);
  }
  return Math.floor(time / 1000);
}
