import { limits } from "../limits.ts";

/** Fills a page of documents or rows, each serialized once. */
export interface PageFiller {
  /** What the page has, as JSON. */
  readonly texts: readonly string[];
  /** UTF-8 bytes of them. */
  readonly bytes: number;
  /** Adds a text; false, and not added, when the page has no room for it. An empty page has room for any. */
  add(json: string): boolean;
}

/** A page of up to `count` entries, and up to the bytes that an answer may have. */
export function createPageFiller(count: number): PageFiller {
  const texts: string[] = [];
  let bytes = 0;
  return {
    texts,
    get bytes() {
      return bytes;
    },
    add(json) {
      const size = Buffer.byteLength(json);
      if (texts.length >= count || (texts.length > 0 && bytes + size > limits.responseBytes)) return false;
      texts.push(json);
      bytes += size;
      return true;
    },
  };
}
