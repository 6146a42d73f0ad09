import { randomUUID } from "node:crypto";
import { runQuery } from "@cosmos-trpc/cosmos-sql";
import type { Json, JsonObject } from "@cosmos-trpc/cosmos-sql/json";
import fc from "fast-check";
import { expect, it } from "vitest";
import { emulatorIt, openAccount } from "./account.ts";
import { firstRange, type RawQuery, readPages } from "./queryPages.ts";

const rowsOf = (...query: Parameters<typeof runQuery>): Json[] => [...runQuery(...query)];

const account = await openAccount();

const shared = "x".repeat(80);

/** Values that an index could get wrong: cut strings, halves of characters, the ends of the numbers. */
const hardValues: readonly (Json | undefined)[] = [
  undefined,
  null,
  false,
  true,
  -1e308,
  -1,
  -5e-324,
  -0,
  5e-324,
  0.1,
  2 ** 53,
  2 ** 53 + 2,
  1e308,
  "",
  "a",
  "\u0000",
  "\u0000\u0001",
  shared,
  `${shared}a`,
  `${shared}b`,
  `${shared}${"é".repeat(40)}`,
  `${"é".repeat(31)}xa`,
  `${"é".repeat(32)}`,
  `${"é".repeat(32)}b`,
  "\uffff",
  "\ue000",
  "😀",
  "😀a",
  "\ud83d",
  "\ude00",
  "a\ud800",
  [],
  {},
  { a: {} },
  [shared],
];

const container = await account.newContainer("/pk");
const documents: JsonObject[] = [];
for (const v of hardValues) {
  const item = { id: randomUUID(), pk: "p", ...(v === undefined ? {} : { v, list: [v, 1] }) };
  await container.items.create(item);
  documents.push(item);
}

const read = (query: RawQuery, size = 1_000): Promise<unknown[]> =>
  readPages(account, container, { ...query, headers: firstRange }, size);

const conditions = [
  "c.v = @v",
  "c.v < @v",
  "c.v <= @v",
  "c.v > @v",
  "c.v >= @v",
  "c.v BETWEEN @v AND @w",
  "c.v IN (@v, @w)",
  "NOT (c.v > @v)",
  "STARTSWITH(c.v, @v)",
  "STRINGEQUALS(c.v, @v)",
  "c.v LIKE @v",
  "ARRAY_CONTAINS(c.list, @v)",
  "EXISTS(SELECT VALUE e FROM e IN c.list WHERE e = @v)",
  "c.v = @v OR c.v > @w",
  "c.v >= @v AND c.v <= @w",
  "IS_STRING(c.v) AND c.v > @v",
];

it("finds by the index what a scan finds", async () => {
  const scalars = hardValues.filter((value) => value !== undefined);
  const value = fc.constantFrom(...scalars);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...conditions), value, value, async (condition, v, w) => {
      const text = `SELECT VALUE c.id FROM c WHERE ${condition}`;
      const parameters = [
        { name: "@v", value: v },
        { name: "@w", value: w },
      ];
      const expected = rowsOf(text, documents, { "@v": v, "@w": w });
      expect(await read({ text, parameters }), condition).toEqual(expected);
    }),
    { numRuns: 600 },
  );
}, 60_000);

it.each([1, 2, 7, 100])("orders every type, and what lacks the path, in pages of %i", async (size) => {
  const ids = (text: string): unknown[] => rowsOf(text, documents);
  const ascending = "SELECT VALUE c.id FROM c ORDER BY c.v";
  expect(await read({ text: ascending }, size)).toEqual(ids(ascending));
  const descending = "SELECT VALUE c.id FROM c ORDER BY c.v DESC";
  expect(await read({ text: descending }, size)).toEqual(
    rowsOf(descending, documents.toReversed() as JsonObject[]),
  );
});

it.each([1, 3, 100])(
  "walks the index in the same order where all have the path, in pages of %i",
  async (size) => {
    const complete = await account.newContainer("/pk");
    const items: JsonObject[] = [];
    for (const v of hardValues) {
      if (v === undefined || (typeof v === "string" && !v.isWellFormed())) continue;
      const item = { id: randomUUID(), pk: "p", v };
      await complete.items.create(item);
      items.push(item);
    }
    for (const order of ["ASC", "DESC"]) {
      const text = `SELECT VALUE c.id FROM c ORDER BY c.v ${order}`;
      const rows = await readPages(account, complete, { text, headers: firstRange }, size);
      expect(rows).toEqual(rowsOf(text, order === "ASC" ? items : items.toReversed()));
    }
  },
);

emulatorIt(
  "keeps a continuation short where rows are ordered by long strings",
  "the form of a token",
  async () => {
    const long = await account.newContainer("/pk");
    const ids = ["a", "b", "c", "d", "e"];
    for (const id of ids.toReversed())
      await long.items.create({ id, pk: "p", v: `${"x".repeat(200_000)}${id}` });
    const text = "SELECT VALUE c.id FROM c ORDER BY c.v";
    expect(await readPages(account, long, { text, headers: firstRange }, 2)).toEqual(ids);
  },
);

it("gives numbers back as they are", async () => {
  const rows = await read({ text: "SELECT VALUE c.v FROM c WHERE IS_NUMBER(c.v) ORDER BY c.v" });
  expect(rows).toEqual([-1e308, -1, -5e-324, 0, 5e-324, 0.1, 2 ** 53, 2 ** 53 + 2, 1e308]);
});

it("finds documents with so many values that they are not indexed", async () => {
  const wide = await account.newContainer("/pk");
  await wide.items.create({ id: "small", pk: "p", n: 1 });
  await wide.items.create({ id: "wide", pk: "p", n: 2, values: Array.from({ length: 3_000 }, (_, n) => n) });
  const ids = (text: string): Promise<unknown[]> =>
    readPages(account, wide, { text, headers: firstRange }, 10);
  expect(await ids("SELECT VALUE c.id FROM c WHERE c.n = 2")).toEqual(["wide"]);
  expect(await ids("SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(c.values, 2999)")).toEqual(["wide"]);
  expect(await ids("SELECT VALUE c.id FROM c ORDER BY c.n DESC")).toEqual(["wide", "small"]);
  await wide.items.upsert({ id: "wide", pk: "p", n: 3 });
  expect(await ids("SELECT VALUE c.id FROM c WHERE c.n = 2")).toEqual([]);
  expect(await ids("SELECT VALUE c.id FROM c WHERE c.n = 3")).toEqual(["wide"]);
});

it("takes property names that JavaScript's objects come with", async () => {
  const named = await account.newContainer("/pk");
  const body = '{"id":"own","pk":"p","__proto__":{"x":1},"constructor":"c","toString":2,"hasOwnProperty":3}';
  const made = await account.raw({
    method: "POST",
    path: `/dbs/${account.database.id}/colls/${named.id}/docs`,
    headers: { "x-ms-documentdb-partitionkey": '["p"]' },
    body,
  });
  expect(made.status).toBe(201);
  await named.items.create({ id: "none", pk: "p" });
  const rows = (text: string): Promise<unknown[]> =>
    readPages(account, named, { text, headers: firstRange }, 10);
  expect(await rows('SELECT VALUE c.id FROM c WHERE c["__proto__"].x = 1')).toEqual(["own"]);
  expect(await rows("SELECT VALUE c.id FROM c WHERE IS_DEFINED(c.constructor)")).toEqual(["own"]);
  expect(await rows("SELECT VALUE c.id FROM c ORDER BY c.toString DESC")).toEqual(["own", "none"]);
  const groups = await rows("SELECT c.hasOwnProperty, COUNT(1) AS n FROM c GROUP BY c.hasOwnProperty");
  expect(JSON.stringify(groups)).toBe('[{"hasOwnProperty":3,"n":1},{"n":1}]');
});

it("takes a query of 256 KB and an IN list of 10,000", async () => {
  const list = Array.from({ length: 10_000 }, (_, n) => n);
  const byList = await read({ text: `SELECT VALUE c.v FROM c WHERE c.v IN (${list.join()},-1)` });
  expect(byList).toEqual([-1, 0]);
  const parameters = [{ name: "@list", value: [...list, -1] }];
  expect(
    await read({ text: "SELECT VALUE c.v FROM c WHERE ARRAY_CONTAINS(@list, c.v)", parameters }),
  ).toEqual([-1, 0]);
  const long = `SELECT VALUE c.v FROM c WHERE c.v = "a" OR c.v = "${"y".repeat(256 * 1024)}"`;
  expect(await read({ text: long })).toEqual(["a"]);
});
