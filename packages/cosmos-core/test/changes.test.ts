import { beforeEach, describe, expect, test } from "vitest";
import {
  type ChangesPage,
  type ChangesRequest,
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { orders } from "./orders.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 3 });
let database: string;
let store: Store<TypesOf<typeof items>>;
let count = 0;

beforeEach(async () => {
  count += 1;
  database = `changes${count}`;
  store = await open();
});

async function open(): Promise<Store<TypesOf<typeof items>>> {
  await ensureContainer({ ...emulator.configuration(), database }, items, createCredential());
  return (await openContainer(emulator.client(), database, items)).store;
}

const item = (id: string, name = "unnamed", pk = id): Item => ({ id, pk, name });

const write = (ids: readonly string[], name?: string, pk?: string) =>
  Promise.all(ids.map((id) => store.upsert(item(id, name, pk))));

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `i${from + n}`);

/** Everything that is there now. */
async function readAll(
  request: ChangesRequest<TypesOf<typeof items>>,
  from: Store<TypesOf<typeof items>> = store,
): Promise<ChangesPage<Item>[]> {
  return Array.fromAsync(from.changes({ ...request, follow: false }));
}

const idsOf = (pages: readonly ChangesPage<Item>[]): string[] =>
  pages.flatMap((page) => page.items.map(({ id }) => id));

describe("the change feed", () => {
  test("says where its end is when it is asked to, from which a later feed goes on", async () => {
    await write(ids(0, 5));
    const [now, ...more] = await readAll({ since: "now", markEnd: true });
    expect([now?.items, more]).toEqual([[], []]);
    await write(ids(5, 9));
    const pages = await readAll({ since: now?.cursor, markEnd: true });
    expect(idsOf(pages).sort()).toEqual(ids(5, 9));
    expect(pages.at(-1)?.items).toEqual([]);
    expect(await readAll({ since: pages.at(-1)?.cursor })).toEqual([]);
  });

  test("has every item once, as it was last written, and then what changed", async () => {
    await write(ids(0, 60));
    await write(ids(0, 5), "again");
    const all = await readAll({ limit: 7 });
    expect(idsOf(all).sort()).toEqual(ids(0, 60).sort());
    for (const page of all) {
      expect(page.items.length).toBeLessThanOrEqual(7);
      expect(page.requestCharge).toBeGreaterThan(0);
    }
    const again = all.flatMap((page) => page.items).filter(({ name }) => name === "again");
    expect(again.map(({ id }) => id).sort()).toEqual(ids(0, 5).sort());
    expect((await store.get({ id: "i0", pk: "i0" })).item).toEqual(again.find(({ id }) => id === "i0"));
    const { cursor } = all.at(-1) ?? { cursor: "" };
    expect(await readAll({ since: cursor })).toEqual([]);
    await write(["i3", "new"]);
    expect(idsOf(await readAll({ since: cursor })).sort()).toEqual(["i3", "new"]);
  });

  test("goes on after any page, in another process and after a restart, and misses nothing", async () => {
    await write(ids(0, 50));
    const all = await readAll({ limit: 6 });
    await emulator.stop();
    await emulator.startAgain();
    const other = await open();
    for (const [at, { cursor }] of all.entries()) {
      const before = idsOf(all.slice(0, at + 1));
      const after = idsOf(await readAll({ since: cursor }, other));
      expect([...before, ...after].sort()).toEqual(ids(0, 50).sort());
    }
  });

  test("survives splits of physical partitions, between pages and between readers", async () => {
    await write(ids(0, 90));
    const seen: string[] = [];
    let cursor = "";
    for await (const page of store.changes({ limit: 5, follow: false })) {
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
      if (seen.length > 20) break;
      emulator.current().splitPartition({ database, container: "items" });
    }
    emulator.current().splitPartition({ database, container: "items" });
    seen.push(...idsOf(await readAll({ since: cursor, limit: 9 })));
    expect(new Set(seen)).toEqual(new Set(ids(0, 90)));
    expect(seen).toHaveLength(90);
  });

  test("survives throttling, dropped connections and outages, and repeats what it must", async () => {
    await write(ids(0, 40));
    const { faults } = emulator.current();
    const headers = { "x-ms-retry-after-ms": "5" };
    const seen: string[] = [];
    let pages = 0;
    for await (const page of store.changes({ limit: 4, follow: false })) {
      seen.push(...page.items.map(({ id }) => id));
      pages += 1;
      if (pages === 2)
        faults.add({ operation: "readChangeFeed", status: 429, substatus: 3200, headers, count: 15 });
      if (pages === 4) faults.add({ operation: "readChangeFeed", status: 503, count: 4 });
      if (pages === 6) faults.add({ operation: "readChangeFeed", drop: "before", count: 4 });
    }
    expect(new Set(seen)).toEqual(new Set(ids(0, 40)));
    expect(faults.list()).toEqual([]);
  });

  test("waits for more, and sees it in the order of the writes to a partition key", async () => {
    const ended = new AbortController();
    const reason = new Error("enough");
    const names: string[] = [];
    const reading = (async () => {
      for await (const page of store.changes({ since: "now", signal: ended.signal, pollInterval: 5 })) {
        names.push(...page.items.map(({ name }) => name));
        if (names.includes("last")) ended.abort(reason);
      }
    })();
    const writing = (async () => {
      // The reader's first request sets what "now" is: until it has seen something, the first write is repeated.
      while (names.length === 0) await store.upsert(item("first", "first"));
      for (let n = 0; n < 20; n += 1) await store.upsert(item(`k${n}`, String(n), "one"));
      await store.upsert(item("end", "last", "one"));
    })();
    await expect(reading).rejects.toBe(reason);
    await writing;
    const numbers = names.filter((name) => /^\d+$/.test(name));
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  });

  test("from now has nothing of what was there; from a time what was written since", async () => {
    await write(ids(0, 10));
    expect(await readAll({ since: "now" })).toEqual([]);
    expect(idsOf(await readAll({ since: new Date(Date.now() + 60_000) }))).toEqual([]);
    const since = new Date(Date.now() - 60_000);
    const all = await readAll({ since, limit: 2 });
    expect(idsOf(all).sort()).toEqual(ids(0, 10).sort());
    for (const [at, { cursor }] of all.entries()) {
      const together = new Set([...idsOf(all.slice(0, at + 1)), ...idsOf(await readAll({ since: cursor }))]);
      expect(together).toEqual(new Set(ids(0, 10)));
    }
  });

  test("of a partition key has its items only, and its cursor is no other feed's", async () => {
    await write(ids(0, 10), "in", "mine");
    await write(ids(10, 20));
    const mine = await readAll({ pk: "mine", limit: 3 });
    expect(idsOf(mine)).toEqual(ids(0, 10).filter((id) => idsOf(mine).includes(id)));
    expect(idsOf(mine)).toHaveLength(10);
    const { cursor = "" } = mine[1] ?? {};
    expect(idsOf(await readAll({ pk: "mine", since: cursor }))).toHaveLength(
      10 - idsOf(mine.slice(0, 2)).length,
    );
    for (const request of [{ since: cursor }, { pk: "other", since: cursor }]) {
      const failure = await failureOf(readAll(request));
      expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: "cursor" }] });
    }
  });

  test("of a hierarchical key's first fields has theirs", async () => {
    await ensureContainer({ ...emulator.configuration(), database }, orders, createCredential());
    const { store: orderStore } = await openContainer(emulator.client(), database, orders);
    const order = { status: "open" as const, total: 1, lines: [] };
    for (const tenant of ["a", "b"]) {
      for (const customer of [1, 2])
        await orderStore.create({ ...order, id: `${tenant}${customer}`, tenant, customer });
    }
    const idsIn = async (pk: { tenant: string; customer?: number }) => {
      const pages = await Array.fromAsync(
        orderStore.changes({ pk: pk as { tenant: string }, follow: false }),
      );
      return pages.flatMap((page) => page.items.map(({ id }) => id)).sort();
    };
    expect(await idsIn({ tenant: "a" })).toEqual(["a1", "a2"]);
    expect(await idsIn({ tenant: "b", customer: 2 })).toEqual(["b2"]);
  });

  test("does not show the key that signs its cursors", async () => {
    await write(["a"]);
    await readAll({});
    expect(idsOf(await readAll({}))).toEqual(["a"]);
  });

  test("refuses cursors that are cut, altered, of a list, or of a container that was deleted", async () => {
    await write(ids(0, 10));
    const [page] = await readAll({ limit: 2 });
    const { cursor = "" } = page ?? {};
    const listed = (await store.list({ limit: 2 })).cursor;
    const wrong = [cursor.slice(0, -1), cursor.slice(1), `${cursor}x`, "", "later", listed];
    for (const since of wrong)
      expect((await failureOf(readAll({ since: since ?? "" }))).reason).toBe("invalid");
    await emulator.keyClient().database(database).container("items").delete();
    const gone = await failureOf(readAll({ since: cursor }));
    expect(gone.reason).toBe("misconfigured");
    expect(gone.message).toContain("deleted");
    // The store that was open before: the SDK finds the other container behind the same name.
    const again = await open();
    await again.upsert(item("a"));
    expect((await failureOf(readAll({ since: cursor }, again))).reason).toBe("invalid");
    expect(await failureOf(readAll({ since: cursor }))).toMatchObject({ reason: "invalid" });
  });

  test.each([
    { limit: 0 },
    { limit: 1_001 },
    { pollInterval: 0 },
    { maxOutage: -1 },
    { pk: { a: 1 } },
    { since: new Date(Number.NaN) },
  ])("refuses the request %j", async (request) => {
    expect((await failureOf(readAll(request as never))).reason).toBe("invalid");
  });

  test("ends with the failure when the outage lasts too long, and is given up with the caller's reason", async () => {
    await write(ids(0, 5));
    emulator.current().faults.add({ operation: "readChangeFeed", status: 503, count: "always" });
    expect((await failureOf(readAll({ maxOutage: 200 }))).reason).toBe("unavailable");
    emulator.current().faults.clear();
    const reason = new Error("the reader has left");
    await expect(readAll({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const leaving = new AbortController();
    const waiting = Array.fromAsync(store.changes({ since: "now", signal: leaving.signal }));
    leaving.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
