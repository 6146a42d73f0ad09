import { type ChangeFeedIteratorOptions, ChangeFeedMode, ChangeFeedStartFrom } from "@azure/cosmos";
import { expect, it } from "vitest";
import {
  drain,
  expectOrder,
  type FeedAccount,
  type Item,
  openFeedAccount,
  type Page,
  writeItems,
} from "./feedAccount.ts";

const rangeIds = async ({ raw, path }: FeedAccount): Promise<unknown[]> => {
  const { PartitionKeyRanges: ranges } = (await raw(`${path}/pkranges`)).json();
  return (ranges as { id: string }[]).map(({ id }) => id);
};

it("puts two ranges with new ids in a range's place", async () => {
  const account = await openFeedAccount(2);
  expect(
    account.emulator.splitPartition({ database: "feeds", container: account.container.id, range: "1" }),
  ).toEqual({
    parent: "1",
    children: ["2", "3"],
  });
  account.split("3");
  expect(await rangeIds(account)).toEqual(["0", "2", "4", "5"]);
  await account.restart();
  account.split("0");
  const answer = await account.raw(`${account.path}/pkranges`);
  const ranges = answer.json()["PartitionKeyRanges"] as Record<"minInclusive" | "maxExclusive", string>[];
  expect(ranges).toMatchObject([
    { id: "6", parents: ["0"], minInclusive: "" },
    { id: "7", parents: ["0"] },
    { id: "2", parents: ["1"] },
    { id: "4", parents: ["1", "3"] },
    { id: "5", parents: ["1", "3"], maxExclusive: "FF" },
  ]);
  for (const [index, { minInclusive }] of ranges.slice(1).entries()) {
    expect(ranges[index]?.maxExclusive).toBe(minInclusive);
    expect(minInclusive > String(ranges[index]?.minInclusive)).toBe(true);
  }
});

it("answers the children to an incremental reader of the ranges, and all of them to others", async () => {
  const account = await openFeedAccount(2);
  const path = `${account.path}/pkranges`;
  const container = await account.raw(account.path);
  const first = await account.raw(path);
  const known = { "if-none-match": String(first.headers.etag) };
  expect((await account.raw(path, known)).status).toBe(304);
  account.split("0");
  const feed = await account.raw(path, { ...known, "a-im": "Incremental Feed" });
  expect(feed.json()["PartitionKeyRanges"]).toMatchObject([{ id: "2" }, { id: "3" }]);
  expect((await account.raw(path, known)).json()["_count"]).toBe(3);
  const next = { "if-none-match": String(feed.headers.etag), "a-im": "Incremental Feed" };
  expect((await account.raw(path, next)).status).toBe(304);
  expect((await account.raw(account.path)).headers.etag).toBe(container.headers.etag);
});

it("answers 410 with 1002 to whoever names the range that is gone", async () => {
  const account = await openFeedAccount(1);
  await writeItems(account.container, 3);
  account.split();
  for (const named of ["0", "rid,0"]) {
    const headers = { "x-ms-documentdb-partitionkeyrangeid": named };
    const gone = await account.feed(headers);
    expect([gone.status, gone.headers["x-ms-substatus"]]).toEqual([410, "1002"]);
    const point = await account.raw(`${account.path}/docs/item-0`, {
      ...headers,
      "x-ms-documentdb-partitionkey": '["pk-0"]',
    });
    expect(point.status).toBe(410);
  }
  expect((await account.feed({ "x-ms-documentdb-partitionkeyrangeid": "rid,1" })).status).not.toBe(410);
});

it("says in one sentence what cannot be split", async () => {
  const { emulator, container } = await openFeedAccount(1);
  const place = { database: "feeds", container: container.id };
  expect(() => emulator.splitPartition({ ...place, database: "none" })).toThrow("There is no database none.");
  expect(() => emulator.splitPartition({ ...place, container: "none" })).toThrow(/no container none/);
  expect(() => emulator.splitPartition({ ...place, range: "9" })).toThrow(/no partition 9; it has 0\./);
});

it.each([1, 2] as const)("splits version %i hashes down to where nothing is left to cut", async (version) => {
  const account = await openFeedAccount(1, { partitionKey: { paths: ["/pk"], version } });
  await writeItems(account.container, 30);
  for (let round = 0; round < 12; round += 1) account.split();
  const { items } = await drain(account.container, {
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 2,
  });
  expect(items.map(({ n }) => Number(n)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, n) => n),
  );
  const lowest = async (): Promise<string> => String((await rangeIds(account))[0]);
  const splitLowest = (first: string): void => {
    for (let range = first; ; ) {
      const place = { database: "feeds", container: account.container.id };
      range = account.emulator.splitPartition({ ...place, range }).children[0];
    }
  };
  const first = await lowest();
  expect(() => splitLowest(first)).toThrow(/too small to be split/);
});

it("keeps sessions: tokens of the parent count for its children", async () => {
  const account = await openFeedAccount(1);
  const { container } = account;
  await writeItems(container, 5);
  account.split();
  for (let n = 0; n < 5; n += 1) {
    expect((await container.item(`item-${n}`, `pk-${n}`).read()).statusCode).toBe(200);
  }
  await writeItems(container, 5);
  const key = { "x-ms-documentdb-partitionkey": '["pk-1"]' };
  const read = (token: string) =>
    account.raw(`${account.path}/docs/item-1`, { ...key, "x-ms-session-token": token });
  expect((await read("0:-1#5")).status).toBe(200);
  const future = await read("0:-1#999");
  expect([future.status, future.headers["x-ms-substatus"]]).toEqual([404, "1002"]);
});

/** Reads pages one at a time and cuts partitions between them; what comes has to be every document, once, in order. */
async function readOverSplits(
  account: FeedAccount,
  options: ChangeFeedIteratorOptions,
  splits: number,
): Promise<Page["result"]> {
  const iterator = account.container.items.getChangeFeedIterator({ ...options, maxItemCount: 3 });
  const items: Page["result"] = [];
  for (let left = splits; ; ) {
    const page = (await iterator.readNext()) as unknown as Page;
    if (page.statusCode === 304) return items;
    items.push(...page.result);
    if (left > 0) account.split();
    left -= 1;
  }
}

it("goes on in the children while an iterator reads the container", async () => {
  const account = await openFeedAccount(2);
  await writeItems(account.container, 60);
  const items = await readOverSplits(account, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() }, 5);
  expect(items.map(({ id }) => id).sort()).toEqual(Array.from({ length: 60 }, (_, n) => `item-${n}`).sort());
  expectOrder(items);
});

it("goes on in the children while iterators read feed ranges", async () => {
  const account = await openFeedAccount(2);
  await writeItems(account.container, 60);
  const found: Page["result"] = [];
  for (const range of await account.container.getFeedRanges()) {
    const start = ChangeFeedStartFrom.Beginning(range);
    found.push(...(await readOverSplits(account, { changeFeedStartFrom: start }, 2)));
  }
  expect(found.map(({ id }) => id).sort()).toEqual(Array.from({ length: 60 }, (_, n) => `item-${n}`).sort());
  expectOrder(found);
});

it("goes on from a continuation of before the split, with a client that has never seen the parent", async () => {
  const account = await openFeedAccount(2);
  await writeItems(account.container, 40);
  const iterator = account.container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 4,
  });
  const first = (await iterator.readNext()) as unknown as Page;
  account.split();
  account.split();
  await account.restart();
  const { items } = await drain(account.container, {
    changeFeedStartFrom: ChangeFeedStartFrom.Continuation(first.continuationToken),
  });
  const all = [...first.result, ...items];
  expect(all.map(({ id }) => id).sort()).toEqual(Array.from({ length: 40 }, (_, n) => `item-${n}`).sort());
  expectOrder(all);
});

it("goes on with all versions and deletes over a split", async () => {
  const account = await openFeedAccount(1, { changeFeedPolicy: { retentionDuration: 5 } } as never);
  const iterator = account.container.items.getChangeFeedIterator({
    changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
    maxItemCount: 2,
  });
  expect((await iterator.readNext()).statusCode).toBe(304);
  await writeItems(account.container, 10);
  account.split();
  for (let n = 0; n < 10; n += 1) await account.container.item(`item-${n}`, `pk-${n}`).delete();
  const seen: string[] = [];
  for (;;) {
    const page = await iterator.readNext();
    if (page.statusCode === 304) break;
    for (const change of page.result as unknown as { current: Item; previous?: Item }[]) {
      seen.push(change.previous === undefined ? `+${change.current.id}` : `-${change.previous.id}`);
    }
  }
  const expected = Array.from({ length: 10 }, (_, n) => [`+item-${n}`, `-item-${n}`]).flat();
  expect([...seen].sort()).toEqual(expected.sort());
  for (let n = 0; n < 10; n += 1) expect(seen.indexOf(`+item-${n}`)).toBeLessThan(seen.indexOf(`-item-${n}`));
});

it("serves point operations with a client that knows the parent only", async () => {
  const account = await openFeedAccount(2);
  const { container } = account;
  await writeItems(container, 10);
  await container.getFeedRanges();
  account.split("0");
  account.split("1");
  for (let n = 0; n < 10; n += 1) {
    const item = container.item(`item-${n}`, `pk-${n}`);
    expect((await item.read<Item>()).resource).toMatchObject({ n });
    expect((await item.replace({ id: item.id, pk: `pk-${n}`, n: -n })).statusCode).toBe(200);
    expect((await item.delete()).statusCode).toBe(204);
    expect((await container.items.create({ id: item.id, pk: `pk-${n}` })).statusCode).toBe(201);
  }
});
