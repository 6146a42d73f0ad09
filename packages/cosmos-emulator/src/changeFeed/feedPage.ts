import { createPageFiller } from "../execution/pageFiller.ts";

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

/**
 * Fills a page, at least with one entry when there is one.
 *
 * @param end where the feed stands when the entries are all there are
 */
export function fillPage(entries: Iterable<FeedEntry>, itemCount: number, end: number): FeedPage {
  const page = createPageFiller(itemCount);
  let next = 0;
  for (const { lsn, json } of entries) {
    if (!page.add(json)) return { entries: page.texts, bytes: page.bytes, next };
    next = lsn;
  }
  return { entries: page.texts, bytes: page.bytes, next: end };
}
