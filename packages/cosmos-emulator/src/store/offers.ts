import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { ceiling, type Throughput } from "../throughput/throughput.ts";

/** The throughput that was provisioned for a database or a container. */
export interface OfferEntry {
  /** Its resource id, which is its name, too. */
  readonly rid: string;
  readonly etag: string;
  readonly ts: number;
  /** The `_self` link of the database or container. */
  readonly resource: string;
  /** The resource id of the database or container. */
  readonly resourceRid: string;
  readonly throughput: Throughput;
  /** The highest throughput that it ever had. */
  readonly highestEver: number;
}

/** The account's offers. All of them are held in memory. Every change has to run in a transaction of the store. */
export interface Offers {
  list(): readonly OfferEntry[];
  find(rid: string): OfferEntry | undefined;
  /** The offer of a database or container, by that one's resource id. */
  of(resourceRid: string): OfferEntry | undefined;
  create(resource: { readonly rid: string; readonly self: string }, throughput: Throughput): OfferEntry;
  replace(entry: OfferEntry, throughput: Throughput): OfferEntry;
  /** Removes the offer of a database or container, where it has one. */
  removeOf(resourceRid: string): void;
  /** Called at a transaction's end, as the catalog's is. */
  settle(committed: boolean): void;
}

interface OfferRow {
  number: number;
  etag: string;
  ts: number;
  resource: string;
  resourceRid: string;
  throughput: string;
  highestEver: number;
}

const table = `
CREATE TABLE IF NOT EXISTS offers (
  number INTEGER PRIMARY KEY AUTOINCREMENT, etag TEXT NOT NULL, ts INTEGER NOT NULL,
  resource TEXT NOT NULL, resourceRid TEXT NOT NULL UNIQUE, throughput TEXT NOT NULL, highestEver INTEGER NOT NULL
) STRICT;`;

/** An offer's resource id: three bytes, four characters. Source: Learn, REST "Replace an Offer". */
function offerResourceId(number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes.subarray(0, 3).toString("base64").replaceAll("/", "-");
}

/** Reads the offers from an open database file, and makes their table in a new one. */
export function createOffers(sql: DatabaseSync): Offers {
  sql.exec(table);
  const statements = {
    all: sql.prepare("SELECT * FROM offers ORDER BY number"),
    insert: sql.prepare(
      "INSERT INTO offers (etag, ts, resource, resourceRid, throughput, highestEver) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    update: sql.prepare(
      "UPDATE offers SET etag = ?, ts = ?, throughput = ?, highestEver = ? WHERE resourceRid = ?",
    ),
    remove: sql.prepare("DELETE FROM offers WHERE resourceRid = ?"),
  };
  const byResource = new Map<string, OfferEntry>();
  let isChanged = false;

  function load(): void {
    byResource.clear();
    for (const row of statements.all.all() as unknown as OfferRow[]) {
      const { number, throughput, ...rest } = row;
      byResource.set(row.resourceRid, {
        ...rest,
        rid: offerResourceId(number),
        throughput: JSON.parse(throughput) as Throughput,
      });
    }
  }
  load();

  const stamp = (): { etag: string; ts: number } => ({
    etag: `"${randomUUID()}"`,
    ts: Math.floor(Date.now() / 1000),
  });

  function put(entry: OfferEntry): OfferEntry {
    byResource.set(entry.resourceRid, entry);
    return entry;
  }

  return {
    list: () => [...byResource.values()],
    find: (rid) => byResource.values().find((entry) => entry.rid === rid),
    of: (resourceRid) => byResource.get(resourceRid),
    create({ rid: resourceRid, self: resource }, throughput) {
      isChanged = true;
      const { etag, ts } = stamp();
      const highestEver = ceiling(throughput);
      const { lastInsertRowid } = statements.insert.run(
        etag,
        ts,
        resource,
        resourceRid,
        JSON.stringify(throughput),
        highestEver,
      );
      const rid = offerResourceId(Number(lastInsertRowid));
      return put({ rid, etag, ts, resource, resourceRid, throughput, highestEver });
    },
    replace(entry, throughput) {
      isChanged = true;
      const { etag, ts } = stamp();
      const highestEver = Math.max(entry.highestEver, ceiling(throughput));
      statements.update.run(etag, ts, JSON.stringify(throughput), highestEver, entry.resourceRid);
      return put({ ...entry, etag, ts, throughput, highestEver });
    },
    removeOf(resourceRid) {
      if (!byResource.delete(resourceRid)) return;
      isChanged = true;
      statements.remove.run(resourceRid);
    },
    settle(committed) {
      if (isChanged && !committed) load();
      isChanged = false;
    },
  };
}
