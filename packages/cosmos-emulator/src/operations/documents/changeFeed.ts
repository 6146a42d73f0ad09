import type { JsonObject, JsonObjectDraft } from "@cosmos-trpc/cosmos-sql/json";
import type { Account } from "../../account.ts";
import { charge } from "../../charge.ts";
import { createPageFiller } from "../../execution/pageFiller.ts";
import { type Call, header, reply } from "../../http/call.ts";
import { extractPartitionKey, type PartitionKeyDefinition } from "../../partitionKey/partitionKey.ts";
import { badRequest } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import type { Change, FeedPart } from "../../store/changeHistory.ts";
import { isExpired } from "../../timeToLive.ts";
import { documentsBody, rangesHeaders } from "../containers/containerReply.ts";
import { findContainer } from "../containers/findContainer.ts";
import { dataActions, type Operation } from "../operation.ts";
import { readItemCount } from "../request.ts";
import { readFeedRange } from "./feedRange.ts";

/**
 * `GET /dbs/{id}/colls/{id}/docs` with `A-IM`: the change feed. Its continuation is the etag, 304 says that there is
 * nothing new. Source: Learn, REST "List Documents" and "Change feed modes in Azure Cosmos DB".
 */
export const readChangeFeed: Operation = {
  name: "readChangeFeed",
  dataAction: dataActions.readChangeFeed,
  run(account, call) {
    const container = findContainer(account, call);
    const mode = readMode(call);
    const part = readFeedRange(account, container, call);
    const entriesOf = mode === "latestVersion" ? latestVersions : allVersions(account, container);
    const after = readStart(container, call, mode);
    // A region that lags ends the feed where it is.
    const seen = account.view.lsn(container);
    const entries = takeWhile(entriesOf(container, part, after), ({ lsn }) => lsn <= seen);
    const page = fillPage(entries, readItemCount(call), Math.max(after, seen));

    const headers = {
      ...rangesHeaders(container, part.ranges),
      etag: `"${page.next}"`,
      "x-ms-item-count": String(page.entries.length),
    };
    if (page.entries.length === 0) return reply(304, charge.changeFeed(0), undefined, headers);
    return reply(200, charge.changeFeed(page.bytes), documentsBody(container, page.entries), headers);
  },
};

/** Each document once, as it was last written, with its place in `_lsn`; none that is past its time to live. */
function* latestVersions(container: ContainerEntry, part: FeedPart, after: number): Iterable<FeedEntry> {
  for (const document of container.documents.changed(after, part)) {
    if (isExpired(container, document)) continue;
    const { lsn, body } = document;
    yield { lsn, json: `${body.slice(0, -1)},"_lsn":${lsn}}` };
  }
}

function allVersions({ store }: Account, { documents: { history } }: ContainerEntry): typeof latestVersions {
  // In the service's words: Azure/azure-sdk-for-rust, pull request 4904.
  if (!history.isOn()) throw badRequest("Change Feed 'All Versions and Deletes' mode must be enabled.");
  if (history.isPurgeDue()) store.transaction(() => history.purge());
  return function* changes({ partitionKey }, part, after) {
    // Source: the .NET SDK's ChangeFeedMode.AllVersionsAndDeletes: 400 after more than the retention.
    if (after < history.lostThrough()) {
      throw badRequest("The continuation is older than the container's change feed retention.");
    }
    for (const change of history.read(after, part)) {
      yield { lsn: change.lsn, json: changeRecord(change, partitionKey) };
    }
  };
}

function* takeWhile<Entry>(entries: Iterable<Entry>, isWanted: (entry: Entry) => boolean): Iterable<Entry> {
  for (const entry of entries) {
    if (!isWanted(entry)) return;
    yield entry;
  }
}

/** The two modes of the change feed, by what `A-IM` says. Source: `@azure/cosmos`, client/ChangeFeed/ChangeFeedMode.js. */
type FeedMode = "latestVersion" | "allVersionsAndDeletes";

const modes: Readonly<Record<string, FeedMode>> = {
  "incremental feed": "latestVersion",
  "full-fidelity feed": "allVersionsAndDeletes",
};

/** The mode that a request asks for. */
function readMode(call: Call): FeedMode {
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
function readStart(container: ContainerEntry, call: Call, mode: FeedMode): number {
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

/** An entry of the feed: its JSON and its place. */
interface FeedEntry {
  readonly lsn: number;
  readonly json: string;
}

/** A page of a feed. */
interface FeedPage {
  readonly entries: readonly string[];
  /** UTF-8 bytes of the entries. */
  readonly bytes: number;
  /** The log sequence number that the next page comes after. */
  readonly next: number;
}

/**
 * Fills a page, at least with one entry when there is one.
 *
 * @param end where the feed stands when the entries are all there are
 */
function fillPage(entries: Iterable<FeedEntry>, itemCount: number, end: number): FeedPage {
  const page = createPageFiller(itemCount);
  let next = 0;
  for (const { lsn, json } of entries) {
    if (!page.add(json)) return { entries: page.texts, bytes: page.bytes, next };
    next = lsn;
  }
  return { entries: page.texts, bytes: page.bytes, next: end };
}

/**
 * A change as all versions and deletes show it: the version written, or for a delete the version before, and metadata.
 * Source: Learn, "Change feed modes, parse the response object"; the .NET SDK's ChangeFeedMetadata; wire format
 * 2021-09-15.
 */
function changeRecord(change: Change, definition: PartitionKeyDefinition): string {
  const { lsn, operation, ts, previousLsn, body } = change;
  const metadata: JsonObjectDraft = { lsn, crts: ts, operationType: operation };
  if (previousLsn !== null) metadata["previousImageLSN"] = previousLsn;
  if (operation !== "delete") return `{"current":${body},"metadata":${JSON.stringify(metadata)}}`;
  const previous = JSON.parse(body) as JsonObject;
  metadata["timeToLiveExpired"] = change.expired === 1;
  metadata["id"] = previous["id"] ?? null;
  metadata["partitionKey"] = keyByName(previous, definition);
  return `{"current":{},"previous":${body},"metadata":${JSON.stringify(metadata)}}`;
}

/** A document's partition key by the names of its properties; a level that the document lacks is left out. */
function keyByName(document: JsonObject, definition: PartitionKeyDefinition): JsonObject {
  const values = extractPartitionKey(document, definition);
  return Object.fromEntries(
    definition.paths.flatMap((path, level) => {
      const value = values[level];
      return value === undefined ? [] : [[path.slice(1), value]];
    }),
  );
}
