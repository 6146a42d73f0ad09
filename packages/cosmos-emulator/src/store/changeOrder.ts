import type { DatabaseSync } from "node:sqlite";
import type { FeedPart } from "./changeHistory.ts";
import { columns, type EpkRange, type StoredDocument } from "./storedDocument.ts";

/** A container's documents in the order of their last writes: what its change feed is read from. */
export interface ChangeOrder {
  /** A part's documents in the order of their last write, after the log sequence number `after`. */
  changed(after: number, part: FeedPart): Iterable<StoredDocument>;
  /** The log sequence number before the first write at `time`, in seconds, or later. */
  lsnBefore(time: number): number;
}

/** Documents that are read at a time. */
const sliceLength = 32;

/** Seconds that the clock may be set back by without a feed from a time missing anything. */
const clockSlack = 600;

/**
 * @param table the documents' table
 * @param lsn the log sequence number of the last write
 */
export function createChangeOrder(sql: DatabaseSync, table: string, lsn: () => number): ChangeOrder {
  const statements = {
    changed: sql.prepare(
      `SELECT ${columns} FROM ${table} WHERE lsn > ? AND epk >= ? AND epk < ? ORDER BY lsn LIMIT ?`,
    ),
    changedOf: sql.prepare(`SELECT lsn FROM ${table} WHERE pk = ? AND lsn > ?`),
    findByLsn: sql.prepare(`SELECT ${columns} FROM ${table} WHERE lsn = ?`),
    placeFrom: sql.prepare(`SELECT lsn, ts FROM ${table} WHERE lsn >= ? ORDER BY lsn LIMIT 1`),
    placeSince: sql.prepare(`SELECT lsn FROM ${table} WHERE lsn >= ? AND ts >= ? ORDER BY lsn LIMIT 1`),
  };

  /** Looks where times as old as that end, and from there one by one: a clock may have been set back a little. */
  function lsnBefore(time: number): number {
    let [low, high] = [0, lsn() + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const place = statements.placeFrom.get(middle) as { lsn: number; ts: number } | undefined;
      if (place === undefined || place.ts >= time - clockSlack) high = middle;
      else low = place.lsn + 1;
    }
    const first = statements.placeSince.get(low, time)?.["lsn"];
    return typeof first === "number" ? first - 1 : lsn();
  }

  function* changesOf(pk: string, after: number): Iterable<StoredDocument> {
    const lsns = statements.changedOf.all(pk, after).map((row) => row["lsn"] as number);
    for (const place of lsns.sort((one, other) => one - other)) {
      const document = statements.findByLsn.get(place) as StoredDocument | undefined;
      if (document !== undefined) yield document;
    }
  }

  /** Slices are short: each document has up to 2 MB, and a page ends early. */
  function* changesIn({ min, max }: EpkRange, start: number): Iterable<StoredDocument> {
    for (let after = start; ; ) {
      const slice = statements.changed.all(after, min, max, sliceLength) as unknown as StoredDocument[];
      yield* slice;
      const end = slice.at(-1);
      if (end === undefined || slice.length < sliceLength) return;
      after = end.lsn;
    }
  }

  return {
    changed: (after, { range, pk }) => (pk === undefined ? changesIn(range, after) : changesOf(pk, after)),
    lsnBefore,
  };
}
