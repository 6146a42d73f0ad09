import { DatabaseSync } from "node:sqlite";
import {
  ChangeFeedMode,
  ChangeFeedPolicy,
  ChangeFeedRetentionTimeSpan,
  ChangeFeedStartFrom,
} from "@azure/cosmos";
import { afterEach, expect, it, vi } from "vitest";
import { type FeedAccount, type Item, openFeedAccount, writeItems } from "./feedAccount.ts";

/** A change as the SDK hands it out. */
interface Change {
  readonly current: Partial<Item>;
  readonly previous?: Item;
  readonly metadata: {
    readonly operationType: string;
    readonly lsn: number;
    readonly crts: number;
    readonly previousImageLSN?: number;
    readonly timeToLiveExpired?: boolean;
    readonly id?: string;
    readonly partitionKey?: Record<string, unknown>;
  };
}

const changeFeedPolicy = new ChangeFeedPolicy(ChangeFeedRetentionTimeSpan.fromMinutes(5));
const changeFeedMode = ChangeFeedMode.AllVersionsAndDeletes;
const wire = { "a-im": "Full-Fidelity Feed", "x-ms-cosmos-changefeed-wire-format-version": "2021-09-15" };

async function drainChanges({ container }: FeedAccount, start: ChangeFeedStartFrom, maxItemCount = 3) {
  const iterator = container.items.getChangeFeedIterator({
    changeFeedMode,
    changeFeedStartFrom: start,
    maxItemCount,
  });
  const changes: Change[] = [];
  for (;;) {
    const page = await iterator.readNext();
    if (page.statusCode === 304) return { changes, continuation: page.continuationToken };
    changes.push(...(page.result as unknown as Change[]));
  }
}

afterEach(() => {
  vi.useRealTimers();
});

it("shows creates, replaces and deletes, each with its version and metadata", async () => {
  const account = await openFeedAccount(4, { changeFeedPolicy });
  const { container } = account;
  await container.items.create({ id: "before", pk: "p" });
  const start = await drainChanges(account, ChangeFeedStartFrom.Now());
  expect(start.changes).toEqual([]);
  await container.items.create({ id: "a", pk: "p", step: 1 });
  const replaced = await container.item("a", "p").replace<Item>({ id: "a", pk: "p", step: 2 });
  await container.item("a", "p").delete();
  const { changes, continuation } = await drainChanges(
    account,
    ChangeFeedStartFrom.Continuation(start.continuation),
  );
  expect(changes).toMatchObject([
    { current: { id: "a", step: 1 }, metadata: { operationType: "create" } },
    { current: { id: "a", step: 2 }, metadata: { operationType: "replace" } },
    {
      current: {},
      previous: { id: "a", step: 2 },
      metadata: { operationType: "delete", id: "a", partitionKey: { pk: "p" }, timeToLiveExpired: false },
    },
  ]);
  const [created, replace, deleted] = changes.map(({ metadata }) => metadata);
  expect(created).not.toHaveProperty("previousImageLSN");
  expect(replace?.previousImageLSN).toBe(created?.lsn);
  expect(deleted?.previousImageLSN).toBe(replace?.lsn);
  expect(replace?.crts).toBe(Number(replaced.resource?.["_ts"]));
  expect(changes[1]?.current).toEqual(replaced.resource);
  expect(changes[2]?.current).toEqual({});
  await account.restart();
  await account.container.item("before", "p").delete();
  const after = await drainChanges(account, ChangeFeedStartFrom.Continuation(continuation));
  expect(after.changes).toMatchObject([{ metadata: { operationType: "delete", id: "before" } }]);
});

it("reads one partition key and one feed range", async () => {
  const account = await openFeedAccount(4, { changeFeedPolicy });
  const ranges = await account.container.getFeedRanges();
  const starts = await Promise.all(
    ranges.map((range) => drainChanges(account, ChangeFeedStartFrom.Now(range))),
  );
  const key = await drainChanges(account, ChangeFeedStartFrom.Now("pk-7"));
  await writeItems(account.container, 40);
  await writeItems(account.container, 10);
  const ofRanges = await Promise.all(
    starts.map(({ continuation }) => drainChanges(account, ChangeFeedStartFrom.Continuation(continuation))),
  );
  expect(ofRanges.flatMap(({ changes }) => changes)).toHaveLength(50);
  const { changes } = await drainChanges(account, ChangeFeedStartFrom.Continuation(key.continuation));
  expect(changes.map(({ current, metadata }) => [current.id, metadata.operationType])).toEqual([
    ["item-7", "create"],
    ["item-17", "create"],
    ["item-27", "create"],
    ["item-37", "create"],
    ["item-7", "replace"],
  ]);
});

it("starts neither from the beginning nor from a time", async () => {
  const account = await openFeedAccount(1, { changeFeedPolicy });
  const message = /FullFidelity Change Feed must have valid If-None-Match header/;
  for (const start of [ChangeFeedStartFrom.Beginning(), ChangeFeedStartFrom.Time(new Date(0))]) {
    await expect(drainChanges(account, start)).rejects.toMatchObject({ code: 400, message });
  }
  expect((await account.feed(wire)).status).toBe(400);
});

it("is refused where the container has no retention", async () => {
  for (const definition of [{}, { changeFeedPolicy: { retentionDuration: 0 } }]) {
    const account = await openFeedAccount(1, definition);
    await expect(drainChanges(account, ChangeFeedStartFrom.Now())).rejects.toMatchObject({
      code: 400,
      message: /'All Versions and Deletes' mode must be enabled/,
    });
  }
});

it("keeps the policy in the definition, and refuses one that is none", async () => {
  const account = await openFeedAccount(1, { changeFeedPolicy });
  const { resource } = await account.container.read();
  expect(resource).toMatchObject({ changeFeedPolicy: { retentionDuration: 5 } });
  for (const policy of [
    5,
    [],
    { retentionDuration: -1 },
    { retentionDuration: 1.5 },
    { retentionDuration: "5" },
  ]) {
    const body = JSON.stringify({ id: "c", partitionKey: { paths: ["/pk"] }, changeFeedPolicy: policy });
    const answer = await account.raw("/dbs/feeds/colls", {}, "POST", body);
    expect([policy, answer.status]).toEqual([policy, 400]);
  }
});

it("begins and ends with the policy of a replaced container", async () => {
  const account = await openFeedAccount(1);
  const { container } = account;
  await writeItems(container, 3);
  const body = { id: container.id, partitionKey: { paths: ["/pk"] } };
  await container.replace({ ...body, changeFeedPolicy });
  await container.item("item-0", "pk-0").delete();
  expect((await account.feed({ ...wire, "if-none-match": '"2"' })).status).toBe(400);
  const known = await account.feed({ ...wire, "if-none-match": '"3"' });
  expect(known.json()["Documents"]).toMatchObject([{ metadata: { operationType: "delete", id: "item-0" } }]);
  await container.replace(body);
  expect((await account.feed({ ...wire, "if-none-match": '"3"' })).status).toBe(400);
  await container.items.create({ id: "unseen", pk: "p" });
  await container.replace({ ...body, changeFeedPolicy });
  await account.restart();
  expect((await account.feed({ ...wire, "if-none-match": '"4"' })).status).toBe(400);
  expect((await account.feed({ ...wire, "if-none-match": '"5"' })).status).toBe(304);
});

it("forgets what is older than the retention, and says so to who asks for it", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const account = await openFeedAccount(1, { changeFeedPolicy });
  const later = (minutes: number): void => void vi.setSystemTime(Date.now() + minutes * 60_000);
  await writeItems(account.container, 3);
  const first = await account.feed({ ...wire, "if-none-match": '"0"' });
  expect(first.json()["_count"]).toBe(3);
  later(4);
  await writeItems(account.container, 1);
  later(2);
  expect((await account.feed({ ...wire, "if-none-match": '"0"' })).status).toBe(400);
  const kept = await account.feed({ ...wire, "if-none-match": '"3"' });
  expect(kept.json()["Documents"]).toMatchObject([{ metadata: { operationType: "replace", lsn: 4 } }]);
  later(10);
  expect((await account.feed({ ...wire, "if-none-match": '"3"' })).status).toBe(400);
  const quiet = await account.feed({ ...wire, "if-none-match": '"4"' });
  expect([quiet.status, quiet.headers.etag]).toEqual([304, '"4"']);
  await account.restart();
  expect((await account.feed({ ...wire, "if-none-match": '"3"' })).status).toBe(400);
  expect((await account.feed({ "a-im": "Incremental Feed" })).json()["_count"]).toBe(3);
});

it("has all versions of a hierarchical key, with the key's properties by name", async () => {
  const partitionKey = { paths: ["/tenant", "/user"], kind: "MultiHash", version: 2 };
  const account = await openFeedAccount(2, { changeFeedPolicy, partitionKey } as never);
  const { continuation } = await drainChanges(account, ChangeFeedStartFrom.Now(["t"]));
  await account.container.items.create({ id: "1", tenant: "t", user: "u" });
  await account.container.items.create({ id: "2", tenant: "other", user: "u" });
  await account.container.item("1", ["t", "u"]).delete();
  const { changes } = await drainChanges(account, ChangeFeedStartFrom.Continuation(continuation));
  expect(changes).toMatchObject([
    { current: { id: "1" } },
    { metadata: { operationType: "delete", partitionKey: { tenant: "t", user: "u" } } },
  ]);
});

it("keeps no history of a container that asks for none", async () => {
  const account = await openFeedAccount(1);
  await writeItems(account.container, 2);
  const file = account.dataFile();
  await account.emulator.close();
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'changes_%'").all();
  database.close();
  expect(tables).toEqual([]);
});
