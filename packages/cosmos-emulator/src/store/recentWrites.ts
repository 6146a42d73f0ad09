import type { DocumentKey, StoredDocument } from "./storedDocument.ts";

/** A write that some region may not have seen yet. */
export interface PastWrite {
  readonly lsn: number;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** The document's number. */
  readonly number: number;
  readonly key: DocumentKey;
  /** What was there before; `undefined` for a create. */
  readonly previous: StoredDocument | undefined;
  readonly isDelete: boolean;
}

/** The recent writes of a container, for regions whose replication lags. */
export interface RecentWrites {
  /** Whether writes have to be told at all: some region lags. */
  isKept(): boolean;
  add(write: Omit<PastWrite, "at">): void;
  /** The writes that are younger than so many milliseconds, the oldest first. */
  youngerThan(milliseconds: number): readonly PastWrite[];
  /** Forgets writes that were not committed. */
  forgetAfter(lsn: number): void;
}

/** Writes that are kept at most: before more are, lagging regions catch up with the oldest. */
const capacity = 100_000;

/**
 * @param span milliseconds for which writes are kept: the longest lag of a region; 0 when none lags
 */
export function createRecentWrites(span: () => number): RecentWrites {
  let writes: PastWrite[] = [];

  /** The index of the first write of after a time. */
  function firstAfter(time: number): number {
    let [low, high] = [0, writes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((writes[middle] as PastWrite).at > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    isKept() {
      if (span() > 0) return true;
      if (writes.length > 0) writes = [];
      return false;
    },
    add(write) {
      // A clock that is set back must not take the writes out of their order.
      const at = Math.max(Date.now(), writes.at(-1)?.at ?? 0);
      writes.push({ ...write, at });
      // Cut now and then, not at every write.
      if (writes.length % 1024 === 0)
        writes = writes.slice(Math.max(firstAfter(at - span()), writes.length - capacity));
    },
    youngerThan(milliseconds) {
      const first = firstAfter(Date.now() - milliseconds);
      return first === 0 ? writes : writes.slice(first);
    },
    forgetAfter(lsn) {
      while ((writes.at(-1)?.lsn ?? 0) > lsn) writes.pop();
    },
  };
}
