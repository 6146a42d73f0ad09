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
