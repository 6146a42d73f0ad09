import { ChangeFeedStartFrom, PartitionKeyKind } from "@azure/cosmos";
import { expect, it, onTestFinished, vi } from "vitest";
import { drain, expectOrder, type Item, openFeedAccount, writeItems } from "./feedAccount.ts";

const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id).sort();
const upTo = (count: number): string[] => Array.from({ length: count }, (_, n) => `item-${n}`).sort();

it("reads a container of four partitions from the beginning, page by page, and then what is new", async () => {
  const { container } = await openFeedAccount(4);
  await writeItems(container, 60);
  const all = await drain(container, {
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 7,
  });
  expect(ids(all.items)).toEqual(upTo(60));
  expectOrder(all.items);
  const from = { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(all.continuation) };
  expect((await drain(container, from)).items).toEqual([]);
  await container.items.upsert({ id: "item-3", pk: "pk-3", n: "again" });
  await container.item("item-4", "pk-4").delete();
  const news = await drain(container, from);
  expect(news.items).toMatchObject([{ id: "item-3", n: "again" }]);
});

it("shows a document once, as it is now, and no deleted one", async () => {
  const { container } = await openFeedAccount(1);
  await writeItems(container, 5);
  await container.items.upsert({ id: "item-1", pk: "pk-1", n: "last" });
  await container.item("item-2", "pk-2").delete();
  const { items } = await drain(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() });
  expect(items.map(({ id, n }) => [id, n])).toEqual([
    ["item-0", 0],
    ["item-3", 3],
    ["item-4", 4],
    ["item-1", "last"],
  ]);
  const read = await container.item("item-1", "pk-1").read<Item>();
  expect(items.at(-1)).toEqual({ ...read.resource, _lsn: items.at(-1)?._lsn });
});

it("starts from now where nothing says otherwise", async () => {
  const { container } = await openFeedAccount(4);
  await writeItems(container, 20);
  const iterator = container.items.getChangeFeedIterator();
  const first = await iterator.readNext();
  expect([first.statusCode, first.count]).toEqual([304, 0]);
  expect(first.continuationToken).toBeTruthy();
  await container.items.upsert({ id: "new", pk: "p" });
  expect((await iterator.readNext()).result).toMatchObject([{ id: "new" }]);
  expect((await iterator.readNext()).statusCode).toBe(304);
});

it("starts from a time, whose whole second belongs to the feed", async () => {
  const account = await openFeedAccount(4);
  await writeItems(account.container, 20);
  const { resource } = await account.container.item("item-19", "pk-9").read<Item>();
  const second = Number(resource?.["_ts"]);
  const from = (time: Date) =>
    drain(account.container, { changeFeedStartFrom: ChangeFeedStartFrom.Time(time), maxItemCount: 3 });
  expect(ids((await from(new Date(second * 1000 + 999))).items)).toContain("item-19");
  expect(ids((await from(new Date(second * 1000 - 3_600_000))).items)).toEqual(upTo(20));
  expect((await from(new Date((second + 60) * 1000))).items).toEqual([]);
  const exact = await account.feed({ "if-modified-since": new Date(second * 1000 + 500).toISOString() });
  expect(exact.text).toContain('"item-19"');
  expect((await account.feed({ "if-modified-since": "yesterday" })).status).toBe(400);
});

it("goes on from a continuation, also when the time of the start comes with it", async () => {
  const account = await openFeedAccount(1);
  await writeItems(account.container, 4);
  const since = new Date(0).toUTCString();
  const first = await account.feed({ "if-modified-since": since, "x-ms-max-item-count": "3" });
  expect(first.json()["_count"]).toBe(3);
  const next = { "if-modified-since": since, "if-none-match": String(first.headers.etag) };
  expect((await account.feed(next)).json()["Documents"]).toMatchObject([{ id: "item-3" }]);
});

it("reads one partition key, by the old iterators too", async () => {
  const { container } = await openFeedAccount(4);
  await writeItems(container, 40);
  const wanted = upTo(40).filter((id) => id.endsWith("7"));
  const start = ChangeFeedStartFrom.Beginning("pk-7");
  const { items, continuation } = await drain(container, { changeFeedStartFrom: start, maxItemCount: 1 });
  expect(ids(items)).toEqual(wanted);
  await writeItems(container, 10);
  const news = await drain(container, {
    changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuation),
  });
  expect(ids(news.items)).toEqual(["item-7"]);

  const old = container.items.changeFeed<Item>("pk-7", { startFromBeginning: true, maxItemCount: 2 });
  const found: Item[] = [];
  while (old.hasMoreResults) found.push(...(await old.fetchNext()).result);
  expect(ids(found)).toEqual(wanted);
  const older = container.items.readChangeFeed<Item>("pk-7", { startTime: new Date(0) });
  expect(ids((await older.fetchNext()).result)).toEqual(wanted);
  expect((await older.fetchNext()).count).toBe(0);
  const now = container.items.changeFeed<Item>("pk-7", {});
  expect((await now.fetchNext()).count).toBe(0);
  await container.items.upsert({ id: "new", pk: "pk-7" });
  expect(ids((await now.fetchNext()).result)).toEqual(["new"]);
});

it("reads a hierarchical partition key, and its beginnings", async () => {
  const paths = ["/tenant", "/user", "/session"];
  const partitionKey = { paths, kind: PartitionKeyKind.MultiHash, version: 2 };
  const { container } = await openFeedAccount(4, { partitionKey });
  for (let n = 0; n < 27; n += 1) {
    const [tenant, user, session] = [n % 3, Math.floor(n / 3) % 3, Math.floor(n / 9)].map(String);
    await container.items.create({ id: `${tenant}${user}${session}`, tenant, user, session });
  }
  for (const key of [["1"], ["1", "2"], ["1", "2", "0"]]) {
    const { items } = await drain(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(key),
      maxItemCount: 4,
    });
    expect(items).toHaveLength(3 ** (3 - key.length));
    for (const { id } of items) expect(id.startsWith(key.join(""))).toBe(true);
  }
});

it("gives every document to one of the feed ranges, in parts of them as well", async () => {
  const account = await openFeedAccount(4, { partitionKey: { paths: ["/pk"], version: 2 } });
  const { container } = account;
  await writeItems(container, 60);
  const ranges = await container.getFeedRanges();
  expect(ranges).toHaveLength(4);
  const whole: string[] = [];
  for (const range of ranges) {
    const start = ChangeFeedStartFrom.Beginning(range);
    whole.push(...ids((await drain(container, { changeFeedStartFrom: start, maxItemCount: 5 })).items));
  }
  const parts: string[] = [];
  const bounds = ["", "08", "0FFF", "18", "28", "2f80", "FF"];
  for (const [index, bound] of bounds.slice(1).entries()) {
    const answer = await account.feed({
      "x-ms-start-epk": String(bounds[index]),
      "x-ms-end-epk": bound,
      "x-ms-read-key-type": "EffectivePartitionKeyRange",
    });
    if (answer.status === 200) parts.push(...ids(answer.json()["Documents"] as Item[]));
  }
  expect(whole.sort()).toEqual(upTo(60));
  expect(parts.sort()).toEqual(upTo(60));
});

it("answers over the wire with the etag as continuation, and 304 with it", async () => {
  const account = await openFeedAccount(1);
  await writeItems(account.container, 3);
  const first = await account.feed({ "x-ms-documentdb-partitionkeyrangeid": "0" });
  expect(first.status).toBe(200);
  expect(first.json()).toMatchObject({ _count: 3, Documents: [{ _lsn: 1 }, { _lsn: 2 }, { _lsn: 3 }] });
  expect(first.headers.etag).toBe('"3"');
  expect(first.headers["x-ms-item-count"]).toBe("3");
  expect(first.headers["x-ms-session-token"]).toBe("0:-1#3");
  expect(Number(first.headers["x-ms-request-charge"])).toBeGreaterThan(1);
  const same = await account.feed({ "if-none-match": '"3"' });
  expect([same.status, same.text, same.headers.etag]).toEqual([304, "", '"3"']);
  expect((await account.feed({ "if-none-match": "3" })).status).toBe(304);
  expect((await account.feed({ "if-none-match": "*" })).headers.etag).toBe('"3"');
});

it("reads the whole container of several partitions where a request names none", async () => {
  const account = await openFeedAccount(4);
  await writeItems(account.container, 30);
  const answer = await account.feed();
  expect((answer.json()["Documents"] as Item[]).map(({ id }) => id)).toEqual(
    Array.from({ length: 30 }, (_, n) => `item-${n}`),
  );
});

it("keeps pages under 4 MB, and gives a document larger than its share alone", async () => {
  const account = await openFeedAccount(1);
  const text = "x".repeat(1_900_000);
  for (const id of ["a", "b", "c"]) await account.container.items.create({ id, pk: "p", text });
  const found: string[] = [];
  let etag: string | undefined;
  for (;;) {
    const answer = await account.feed({
      "x-ms-max-item-count": "-1",
      ...(etag === undefined ? {} : { "if-none-match": etag }),
    });
    if (answer.status === 304) break;
    expect(answer.text.length).toBeLessThan(4.1 * 1024 * 1024);
    found.push(...(answer.json()["Documents"] as Item[]).map(({ id }) => id));
    etag = answer.headers.etag;
  }
  expect(found).toEqual(["a", "b", "c"]);
});

it("shows no document that is past its time to live", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const account = await openFeedAccount(1, { defaultTtl: -1 });
  await account.container.items.create({ id: "short", pk: "p", ttl: 10 });
  await account.container.items.create({ id: "kept", pk: "p" });
  expect((await account.feed()).json()["_count"]).toBe(2);
  vi.setSystemTime(Date.now() + 11_000);
  const later = await account.feed({ "x-ms-max-item-count": "1" });
  expect(later.json()["Documents"]).toMatchObject([{ id: "kept" }]);
});

it("refuses what makes no sense", async () => {
  const account = await openFeedAccount(1);
  await writeItems(account.container, 1);
  const bounds = { "x-ms-start-epk": "", "x-ms-end-epk": "FF" };
  const refusals: [string, Record<string, string>, number][] = [
    ["a continuation that is none", { "if-none-match": '"abc"' }, 400],
    ["a feed that does not exist", { "a-im": "Other Feed" }, 400],
    ["an item count of 0", { "x-ms-max-item-count": "0" }, 400],
    ["an item count that is none", { "x-ms-max-item-count": "many" }, 400],
    ["a bound that is no hash", { ...bounds, "x-ms-start-epk": "xyz" }, 400],
    ["bounds of another kind", { ...bounds, "x-ms-read-key-type": "Id" }, 400],
    ["a partition that is not there", { "x-ms-documentdb-partitionkeyrangeid": "7" }, 410],
    ["a key of too many parts", { "x-ms-documentdb-partitionkey": '["a","b"]' }, 400],
    ["a key that is no JSON", { "x-ms-documentdb-partitionkey": "[" }, 400],
    ["a session token from the future", { "x-ms-session-token": "0:-1#99" }, 404],
  ];
  for (const [name, headers, status] of refusals) {
    expect([name, (await account.feed(headers)).status]).toEqual([name, status]);
  }
});
