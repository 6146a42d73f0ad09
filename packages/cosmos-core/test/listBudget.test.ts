import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createCursors } from "../src/cursors/cursor.ts";
import { givenCursorKey } from "../src/cursors/cursorKey.ts";
import { createDocuments } from "../src/definition/document.ts";
import {
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { createList } from "../src/lists/list.ts";
import type { ListBudget } from "../src/lists/listBudget.ts";
import { openPartitionRanges } from "../src/sdk/partitionRanges.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 3 });

async function open(database: string) {
  await ensureContainer({ ...emulator.configuration(), database }, items, createCredential());
  const client = emulator.client();
  const container = client.database(database).container(items.id);
  const cursors = createCursors("rid", async () => givenCursorKey("a key"));
  const ranges = openPartitionRanges(container);
  const documents = createDocuments<Item>(items);
  return {
    store: (await openContainer(client, database, items)).store,
    /** A list whose pages may take so much. */
    listWithin: (budget: ListBudget) =>
      createList<Item>({ container, definition: items, documents, cursors, ranges, budget }),
  };
}

const name = ({ id, pk }: { id: string; pk: string }): string => `${pk}/${id}`;

/** All pages of a list. */
async function pages(list: (cursor: string | undefined) => ReturnType<Store<TypesOf<typeof items>>["list"]>) {
  const all: Awaited<ReturnType<typeof list>>[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list(cursor);
    all.push(page);
    cursor = page.cursor;
    if (cursor === undefined) return all;
    expect(all.length).toBeLessThan(600);
  }
}

describe("with hardly any budget", () => {
  const written = Array.from(
    { length: 60 },
    (_, n): Item => ({
      id: `i${n % 20}`,
      pk: `p${Math.floor(n / 20)}-${n % 7}`,
      name: "abc"[n % 3] ?? "",
      data: { n: n % 5, text: "x".repeat((n * 37) % 400) },
    }),
  );
  let listWithin: Awaited<ReturnType<typeof open>>["listWithin"];

  beforeAll(async () => {
    const opened = await open("tiny");
    listWithin = opened.listWithin;
    await Promise.all(written.map((item) => opened.store.upsert(item)));
    // A document that is no item: a partition that has it first has found nothing after one document.
    expect((await opened.store.list({ limit: 1 })).cursor).toBeDefined();
  });

  const budgets = fc.record({
    maxRequests: fc.integer({ min: 0, max: 3 }),
    maxBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000 })),
    maxMilliseconds: fc.constantFrom(0, 60_000),
    maxScansLength: fc.constantFrom(0, 8_192),
  });

  test("every item comes once and in order, page by page", async () => {
    const empty = { pages: 0 };
    await fc.assert(
      fc.asyncProperty(
        budgets,
        fc.constantFrom("name", "id", "data.n", undefined),
        fc.constantFrom("asc" as const, "desc" as const),
        fc.integer({ min: 1, max: 70 }),
        fc.constantFrom(undefined, { name: { ne: "b" } }),
        fc.constantFrom(undefined, "p1-3"),
        async (budget, path, direction, limit, where, pk) => {
          const list = listWithin(budget);
          const orderBy = path === undefined ? undefined : ([[path, direction]] as const);
          const all = await pages((cursor) => list({ orderBy, limit, where, pk, cursor } as never));
          empty.pages += all.filter((page) => page.items.length === 0).length;
          for (const page of all) expect(page.items.length).toBeLessThanOrEqual(limit);
          const found = all.flatMap((page) => page.items.map(name));
          const wanted = written.filter(
            (item) => (where === undefined || item.name !== "b") && (pk === undefined || item.pk === pk),
          );
          if (path === undefined) expect(found.toSorted()).toEqual(wanted.map(name).sort());
          else expect(found).toEqual(inOrder(wanted, path, direction).map(name));
        },
      ),
      { numRuns: 60 },
    );
    expect(empty.pages).toBeGreaterThan(0);
  });

  test("a page of which a partition was cut short has no more than its limit", async () => {
    for (const budget of [
      { maxRequests: 0, maxBytes: 0 },
      { maxRequests: 1, maxBytes: 1 },
    ]) {
      const list = listWithin({ ...budget, maxMilliseconds: 60_000, maxScansLength: 8_192 });
      for (const limit of [1, 2, 3]) {
        const all = await pages((cursor) => list({ orderBy: [["id", "asc"]], limit, cursor } as never));
        expect(Math.max(...all.map((page) => page.items.length))).toBe(limit);
        expect(all.flatMap((page) => page.items.map(name))).toEqual(inOrder(written, "id", "asc").map(name));
      }
    }
  });

  test("a partition that finds nothing at first is gone on with, not begun again", async () => {
    const list = listWithin({ maxRequests: 0, maxBytes: 0, maxMilliseconds: 60_000, maxScansLength: 8_192 });
    const all = await pages((cursor) => list({ orderBy: [["name", "asc"]], limit: 1, cursor }));
    expect(all.flatMap((page) => page.items)).toHaveLength(written.length);
  });

  test("pages go on over a split of a physical partition", async () => {
    const list = listWithin({ maxRequests: 0, maxBytes: 0, maxMilliseconds: 60_000, maxScansLength: 8_192 });
    let reads = 0;
    const all = await pages((cursor) => {
      reads += 1;
      if (reads === 2 || reads === 5)
        emulator.current().splitPartition({ database: "tiny", container: items.id });
      return list({ orderBy: [["name", "asc"]], limit: 9, cursor });
    });
    const found = all.flatMap((page) => page.items.map(name));
    expect(found).toEqual(inOrder(written, "name", "asc").map(name));
  });

  function inOrder(all: readonly Item[], path: "name" | "id" | "data.n", direction: "asc" | "desc"): Item[] {
    const sortValue = (item: Item) =>
      path === "data.n" ? Number(item.data?.["n"]) : path === "id" ? item.id : item.name;
    const compare = (one: string | number, other: string | number) =>
      one < other ? -1 : Number(one > other);
    const sign = direction === "desc" ? -1 : 1;
    return all.toSorted(
      (one, other) =>
        sign * compare(sortValue(one), sortValue(other)) ||
        compare(one.id, other.id) ||
        compare(one.pk, other.pk),
    );
  }
});

test("a page of large items ends long before its limit, and the pages after it have the rest", async () => {
  const { store } = await open("large");
  const text = "x".repeat(1_000_000);
  const written = Array.from({ length: 40 }, (_, n) => ({
    id: `i${String(n).padStart(2, "0")}`,
    pk: `p${n % 12}`,
    name: `${n % 4}`,
    data: { text },
  }));
  for await (const { error } of store.bulk(written, { concurrency: 2 })) expect(error).toBeUndefined();
  for (const orderBy of [undefined, [["name", "asc"]] as const]) {
    const all = await pages((cursor) => store.list({ orderBy, limit: 1_000, cursor }));
    for (const page of all) expect(page.items.length).toBeLessThanOrEqual(32);
    expect(all.flatMap((page) => page.items.map(name)).sort()).toEqual(written.map(name).sort());
  }
});
