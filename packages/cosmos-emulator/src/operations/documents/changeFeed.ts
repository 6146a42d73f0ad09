import type { Account } from "../../account.ts";
import { changeRecord } from "../../changeFeed/changeRecord.ts";
import { type FeedEntry, fillPage } from "../../changeFeed/feedPage.ts";
import { readMode, readStart } from "../../changeFeed/startPoint.ts";
import { charge } from "../../charge.ts";
import { isExpired } from "../../execution/timeToLive.ts";
import { reply } from "../../http/call.ts";
import { badRequest } from "../../serviceError.ts";
import type { ContainerEntry } from "../../store/catalog.ts";
import type { FeedPart } from "../../store/changeHistory.ts";
import { documentsBody, rangesHeaders } from "../containers/containerReply.ts";
import { findContainer } from "../containers/findContainer.ts";
import { dataActions, type Operation } from "../operation.ts";
import { readItemCount } from "../request.ts";
import { readScope } from "./feedRange.ts";

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
    const part = readScope(account, container, call);
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
