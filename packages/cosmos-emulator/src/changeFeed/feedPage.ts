import { type Call, header } from "../http/call.ts";
import { badRequest } from "../serviceError.ts";

/** An entry of the feed: its JSON and its place. */
export interface FeedEntry {
  readonly lsn: number;
  readonly json: string;
}

/** A page of a feed. */
export interface FeedPage {
  readonly entries: readonly string[];
  /** UTF-8 bytes of the entries. */
  readonly bytes: number;
  /** The log sequence number that the next page comes after. */
  readonly next: number;
}

/** What a page may have, in UTF-8 bytes. Source: Learn, "Service quotas": a response has up to 4 MB. */
const maxPageBytes = 4 * 1024 * 1024;

/** Entries of a page when the request says nothing. Source: Learn, REST "Common request headers". */
const defaultItemCount = 100;

/** How many entries a page may have, by `x-ms-max-item-count`; -1 leaves it to the bytes. */
export function readItemCount(call: Call): number {
  const text = header(call, "x-ms-max-item-count");
  if (text === undefined || text === "") return defaultItemCount;
  const count = Number(text);
  if (count === -1) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(count) && count > 0) return count;
  throw badRequest(
    `The x-ms-max-item-count '${text.slice(0, 50)}' is neither -1 nor a whole number above 0.`,
  );
}

/**
 * Fills a page, at least with one entry when there is one.
 *
 * @param end where the feed stands when the entries are all there are
 */
export function fillPage(entries: Iterable<FeedEntry>, itemCount: number, end: number): FeedPage {
  const page: string[] = [];
  let bytes = 0;
  let next = 0;
  for (const { lsn, json } of entries) {
    const size = Buffer.byteLength(json);
    if (page.length >= itemCount || (page.length > 0 && bytes + size > maxPageBytes)) {
      return { entries: page, bytes, next };
    }
    page.push(json);
    bytes += size;
    next = lsn;
  }
  return { entries: page, bytes, next: end };
}
