import type { DatabaseSync } from "node:sqlite";
import { isObject, type JsonObject, own } from "@cosmos-trpc/cosmos-sql/json";
import { defaultTtl } from "../timeToLive.ts";

/** The part of a container that a change feed is read for. */
export interface FeedPart {
  /** Effective partition keys from `min`, included, to `max`, excluded. */
  readonly range: { readonly min: string; readonly max: string };
  /** Only documents of this partition key, as `partitionKeyText` writes it. */
  readonly pk?: string | undefined;
}

/** What a write did to a document. */
type ChangeOperation = "create" | "replace" | "delete";

/** One write, as the history keeps it. */
export interface Change {
  readonly lsn: number;
  readonly operation: ChangeOperation;
  /** When it happened, in seconds since 1970. */
  readonly ts: number;
  /** The log sequence number of the version before; null for a create. */
  readonly previousLsn: number | null;
  /** 1 for a delete that the end of a time to live brought, else 0. */
  readonly expired: number;
  readonly pk: string;
  readonly epk: string;
  /** The document as it was written; of a delete, as it was before. */
  readonly body: string;
}

/** What a container's definition says about its history; no retention, no history. */
export interface HistoryPolicy {
  readonly retentionMinutes: number;
  readonly defaultTtl: number | undefined;
}

/** Every write of one container for as long as its change feed policy says: what all versions and deletes are read from. */
export interface ChangeHistory {
  /** Follows the container's definition: begins, goes on, or ends and forgets. `lsn` is that of the last write. */
  configure(policy: HistoryPolicy, lsn: number): void;
  isOn(): boolean;
  /** The container's default time to live, which says whether a removed document was past its time. */
  defaultTtl(): number | undefined;
  /** The highest log sequence number that is in the history. */
  lastLsn(): number;
  /** Keeps a change, in the transaction of the write. */
  record(change: Change): void;
  /** Changes after a log sequence number, in order. */
  read(after: number, part: FeedPart): Iterable<Change>;
  /** The last log sequence number that the retention has left behind: what follows it is complete. */
  lostThrough(): number;
  /** Whether there is something to purge. */
  isPurgeDue(): boolean;
  /** Drops what the retention has left behind, in a transaction. */
  purge(): void;
  forgetUncommitted(): void;
  drop(): void;
}

/** Reads `changeFeedPolicy.retentionDuration` (minutes) and `defaultTtl` of a container's definition. */
export function historyPolicy(definition: JsonObject): HistoryPolicy {
  const policy = own(definition, "changeFeedPolicy");
  const retention = isObject(policy) ? own(policy, "retentionDuration") : undefined;
  return {
    retentionMinutes: typeof retention === "number" ? retention : 0,
    defaultTtl: defaultTtl(definition),
  };
}

const columns = "lsn, operation, ts, previousLsn, expired, pk, epk, body";

/** Changes that are read from the file at a time, each with up to 2 MB. */
const sliceLength = 32;

/** After how many records what is too old is dropped. */
const purgeInterval = 256;

const now = (): number => Math.floor(Date.now() / 1000);

/**
 * Makes the history of a container, which stays off and costs nothing until its definition asks for it.
 *
 * The table always has at least one row that is not shown: the newest that is past the retention, or at first one that
 * says where the history began. It marks from where on nothing is missing.
 */
export function createChangeHistory(sql: DatabaseSync, container: number): ChangeHistory {
  const table = `changes_${container}`;
  let policy: HistoryPolicy = { retentionMinutes: 0, defaultTtl: undefined };
  let open: ReturnType<typeof openTable> | undefined;
  let last = 0;
  let recorded = 0;

  function openTable() {
    sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (
  lsn INTEGER PRIMARY KEY, operation TEXT NOT NULL, ts INTEGER NOT NULL, previousLsn INTEGER,
  expired INTEGER NOT NULL, pk TEXT NOT NULL, epk TEXT NOT NULL, body TEXT NOT NULL
) STRICT;`);
    return {
      last: sql.prepare(`SELECT max(lsn) AS lsn FROM ${table}`),
      record: sql.prepare(`INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
      read: sql.prepare(
        `SELECT ${columns} FROM ${table} WHERE lsn > ? AND epk >= ? AND epk < ? ORDER BY lsn LIMIT ?`,
      ),
      readKey: sql.prepare(`SELECT ${columns} FROM ${table} WHERE lsn > ? AND pk = ? ORDER BY lsn LIMIT ?`),
      firstKept: sql.prepare(`SELECT lsn FROM ${table} WHERE ts >= ? ORDER BY lsn LIMIT 1`),
      lastBefore: sql.prepare(`SELECT max(lsn) AS lsn FROM ${table} WHERE lsn < ?`),
      purge: sql.prepare(`DELETE FROM ${table} WHERE lsn < ?`),
    };
  }

  const readLast = (): number => Number(open?.last.get()?.["lsn"] ?? 0);

  function lostThrough(): number {
    const kept = open?.firstKept.get(now() - policy.retentionMinutes * 60)?.["lsn"];
    return kept === undefined ? last : Number(open?.lastBefore.get(kept)?.["lsn"] ?? 0);
  }

  function drop(): void {
    if (open === undefined) return;
    open = undefined;
    sql.exec(`DROP TABLE ${table}`);
  }

  return {
    configure(wanted, lsn) {
      policy = wanted;
      if (policy.retentionMinutes === 0) return drop();
      if (open !== undefined) return;
      open = openTable();
      if (open.last.get()?.["lsn"] === null) open.record.run(lsn, "start", 0, null, 0, "", "", "");
      last = readLast();
    },
    isOn: () => open !== undefined,
    defaultTtl: () => policy.defaultTtl,
    lastLsn: () => last,
    record({ lsn, operation, ts, previousLsn, expired, pk, epk, body }) {
      open?.record.run(lsn, operation, ts, previousLsn, expired, pk, epk, body);
      last = lsn;
      recorded += 1;
      if (recorded % purgeInterval === 0) open?.purge.run(lostThrough());
    },
    *read(start, { range, pk }) {
      let after = Math.max(start, lostThrough());
      while (open !== undefined) {
        const slice = (pk === undefined
          ? open.read.all(after, range.min, range.max, sliceLength)
          : open.readKey.all(after, pk, sliceLength)) as unknown as Change[];
        yield* slice;
        const end = slice.at(-1);
        if (end === undefined || slice.length < sliceLength) return;
        after = end.lsn;
      }
    },
    lostThrough,
    isPurgeDue: () => open !== undefined && open.lastBefore.get(lostThrough())?.["lsn"] !== null,
    purge: () => void open?.purge.run(lostThrough()),
    forgetUncommitted() {
      last = readLast();
    },
    drop,
  };
}
