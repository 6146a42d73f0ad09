import { beforeAll, expect, test } from "vitest";
import { maxItemBytes } from "../src/definition/document.ts";
import {
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();
let store: Store<TypesOf<typeof items>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", items));
});

const item = (id: string, more: Partial<Item> = {}): Item => ({ id, pk: id, name: "unnamed", ...more });

test("what is written is read, with its etag and time and none of the service's properties", async () => {
  const written = await store.upsert(item("lamp", { tags: ["new"], data: { watts: 5 }, ttl: 3600 }));
  expect(written.item).toEqual({
    id: "lamp",
    pk: "lamp",
    name: "unnamed",
    tags: ["new"],
    data: { watts: 5 },
    ttl: 3600,
    _etag: expect.stringMatching(/^"[^"]+"$/),
    _ts: expect.closeTo(Date.now() / 1_000, -2),
  });
  expect(await store.get({ id: "lamp", pk: "lamp" })).toMatchObject({ item: written.item });
});

test("every result says what it cost: 1 RU for a point read of 1 KB, more for a write", async () => {
  const written = await store.upsert(item("priced", { name: "x".repeat(500) }));
  const read = await store.get({ id: "priced", pk: "priced" });
  expect(read.requestCharge).toBe(1);
  expect(written.requestCharge).toBeGreaterThan(read.requestCharge);
  const absent = await failureOf(store.get({ id: "none", pk: "none" }));
  expect(absent.requestCharge).toBeGreaterThan(0);
});

test("an item is found under its own partition key only", async () => {
  await store.upsert(item("shared", { pk: "one", name: "first" }));
  await store.upsert(item("shared", { pk: "two", name: "second" }));
  expect((await store.get({ id: "shared", pk: "one" })).item.name).toBe("first");
  expect((await store.get({ id: "shared", pk: "two" })).item.name).toBe("second");
  expect(await failureOf(store.get({ id: "shared", pk: "shared" }))).toMatchObject({
    reason: "not-found",
    status: 404,
  });
});

test("an empty partition key is a value like any other", async () => {
  await store.upsert(item("unplaced", { pk: "" }));
  expect((await store.get({ id: "unplaced", pk: "" })).item.pk).toBe("");
});

test("an upsert replaces the whole item", async () => {
  const first = await store.upsert(item("replaced", { tags: ["old"], data: { a: 1 } }));
  const second = await store.upsert(item("replaced", { name: "again" }));
  expect(second.item).not.toHaveProperty("tags");
  expect(second.item).not.toHaveProperty("data");
  expect(second.item._etag).not.toBe(first.item._etag);
});

test("ifMatch writes over the version it names, with quotes around it or without", async () => {
  const first = await store.upsert(item("versioned"));
  const second = await store.upsert(item("versioned", { name: "two" }), { ifMatch: first.item._etag });
  const third = await store.upsert(item("versioned", { name: "three" }), {
    ifMatch: second.item._etag.slice(1, -1),
  });
  expect((await store.get({ id: "versioned", pk: "versioned" })).item).toEqual(third.item);
});

test("a stale ifMatch is refused, says the current etag, and writes nothing", async () => {
  const first = await store.upsert(item("contested"));
  const second = await store.upsert(item("contested", { name: "theirs" }));
  const lost = store.upsert(item("contested", { name: "mine" }), { ifMatch: first.item._etag });
  const failure = await failureOf(lost);
  expect(failure).toMatchObject({
    reason: "precondition-failed",
    status: 412,
    currentEtag: second.item._etag,
  });
  expect(failure.requestCharge).toBeGreaterThan(0);
  expect((await store.get({ id: "contested", pk: "contested" })).item).toEqual(second.item);
});

test("of writes over the same version one wins", async () => {
  const { _etag: etag } = (await store.upsert(item("raced"))).item;
  const writes = ["a", "b", "c", "d"].map((name) => store.upsert(item("raced", { name }), { ifMatch: etag }));
  const results = await Promise.allSettled(writes);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results) {
    if (result.status === "rejected") expect(result.reason).toMatchObject({ reason: "precondition-failed" });
  }
});

test("ifMatch on an item that is not there is refused and does not create it", async () => {
  const failure = await failureOf(store.upsert(item("absent"), { ifMatch: "00000000-0000" }));
  expect(failure).toMatchObject({ reason: "precondition-failed", currentEtag: undefined });
  expect(failure.message).toContain("not there");
  expect((await failureOf(store.get({ id: "absent", pk: "absent" }))).reason).toBe("not-found");
});

test("an item of exactly 2 MB is kept; one byte more is too large and not written", async () => {
  const sized = (id: string, bytes: number): Item => {
    const room = bytes - JSON.stringify(item(id, { data: { text: "" } })).length;
    return item(id, { data: { text: "x".repeat(room) } });
  };
  await store.upsert(sized("full", maxItemBytes));
  const { item: full } = await store.get({ id: "full", pk: "full" });
  expect(full.data).toEqual(sized("full", maxItemBytes).data);
  const failure = await failureOf(store.upsert(sized("over", maxItemBytes + 1)));
  expect(failure.reason).toBe("too-large");
  expect(failure.message).toContain(String(maxItemBytes + 1));
  expect((await failureOf(store.get({ id: "over", pk: "over" }))).reason).toBe("not-found");
});

test("an operation is given up with the caller's own reason: before it is sent, and on its way", async () => {
  const reason = new Error("the caller has left");
  const key = { id: "lamp", pk: "lamp" };
  await expect(store.get(key, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const leaving = new AbortController();
  const [read, write] = [
    store.get(key, { signal: leaving.signal }),
    store.upsert(item("left"), { signal: leaving.signal }),
  ];
  leaving.abort(reason);
  await expect(read).rejects.toBe(reason);
  await expect(write).rejects.toBe(reason);
});
