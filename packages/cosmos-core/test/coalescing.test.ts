import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type CoalescingLimits,
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { requestsOf } from "./requestCount.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();
let store: Store<TypesOf<typeof items>>;
let client: ReturnType<typeof emulator.client>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  client = emulator.client();
  store = await open();
  // The SDK reads the container's partition key ranges before its first batch.
  await Promise.all([put("first"), put("second")]);
});
afterEach(() => emulator.current().faults.clear());

const open = async (coalescing: Partial<CoalescingLimits> = {}): Promise<Store<TypesOf<typeof items>>> =>
  (await openContainer(client, "appdb", items, { coalescing })).store;

const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
const put = (id: string, more: Partial<Item> = {}, to = store) =>
  to.upsert({ id, pk: id, name: "unnamed", ...more });
const get = (id: string, from = store) => from.get({ id, pk: id });

describe("what overlaps leaves together", () => {
  test("in one request, each with its own result", async () => {
    const ids = keys(50);
    const writes = await requestsOf(emulator, async () => {
      const results = await Promise.all(ids.map((id) => put(id, { name: `name of ${id}` })));
      expect(results.map(({ item }) => item.name)).toEqual(ids.map((id) => `name of ${id}`));
      expect(new Set(results.map(({ item }) => item._etag)).size).toBe(ids.length);
    });
    expect(writes).toBe(1);
    const reads = await requestsOf(emulator, async () => {
      const results = await Promise.all(ids.map((id) => get(id)));
      expect(results.map(({ item }) => item.id)).toEqual(ids);
      expect(results.every(({ requestCharge }) => requestCharge === 1)).toBe(true);
    });
    expect(reads).toBe(1);
  });

  test("of up to a hundred operations, or of fewer where the options say so", async () => {
    const ids = keys(250);
    expect(await requestsOf(emulator, () => Promise.all(ids.map((id) => put(id))))).toBe(3);
    const small = await open({ maxBatchSize: 60 });
    expect(await requestsOf(emulator, () => Promise.all(ids.map((id) => get(id, small))))).toBe(5);
    const single = await open({ maxBatchSize: 1 });
    expect(await requestsOf(emulator, () => Promise.all(keys(20).map((id) => get(id, single))))).toBe(20);
  });

  test("of so many bytes", async () => {
    const data = { text: "x".repeat(10_000) };
    const write = (to: Store<TypesOf<typeof items>>) => () =>
      Promise.all(keys(40).map((id) => put(id, { data }, to)));
    expect(await requestsOf(emulator, write(await open({ maxBatchBytes: 100_000 })))).toBe(5);
  });

  test("not at all when a batch may have one operation: then as many go at once as go alone", async () => {
    const single = await open({ maxBatchSize: 1, maxBatchesInFlight: 1, maxAloneInFlight: 2 });
    emulator.current().faults.add({ operation: "readDocument", delayMs: 60_000, count: 1 });
    const leaving = new AbortController();
    const held = single.get({ id: "first", pk: "first" }, { signal: leaving.signal });
    await new Promise(setImmediate);
    // One request is held up, and there is room for another.
    for (const id of ["first", "second", "first"]) await get(id, single);
    leaving.abort(new Error("enough"));
    await expect(held).rejects.toThrow("enough");
  });

  test("what is larger than that goes alone", async () => {
    const tight = await open({ maxBatchBytes: 1_000 });
    const data = { text: "x".repeat(2_000) };
    const results = await Promise.all(keys(5).map((id) => put(id, { data }, tight)));
    expect(results.map(({ item }) => item.data)).toEqual(Array(5).fill(data));
  });

  test("while as many requests are in flight as may be, what comes waits and then leaves together", async () => {
    const narrow = await open({ maxBatchesInFlight: 1 });
    emulator.current().faults.add({ operation: "readDocument", inBatch: false, delayMs: 50 });
    const requests = await requestsOf(emulator, async () => {
      const alone = get("first", narrow);
      await new Promise(setImmediate);
      const waiting: Promise<unknown>[] = [];
      for (const id of keys(30)) {
        waiting.push(get(id, narrow));
        await new Promise(setImmediate);
      }
      await Promise.all([alone, ...waiting]);
    });
    expect(requests).toBe(2);
  });
});

describe("identical reads that wait", () => {
  test("are one operation, charged once; each caller has an item of its own", async () => {
    await put("hot", { tags: ["a"] });
    let results: Awaited<ReturnType<typeof get>>[] = [];
    expect(
      await requestsOf(emulator, async () => {
        results = await Promise.all(keys(20).map(() => get("hot")));
      }),
    ).toBe(1);
    expect(results.map(({ requestCharge }) => requestCharge)).toEqual([1, ...Array(19).fill(0)]);
    results[0]?.item.tags?.push("mine");
    expect(results[1]?.item.tags).toEqual(["a"]);
  });

  test("are refused alike when there is no such item", async () => {
    const failures = await Promise.all(keys(5).map(() => failureOf(get("never there"))));
    expect(failures.map(({ reason }) => reason)).toEqual(Array(5).fill("not-found"));
    expect(failures.map(({ requestCharge }) => requestCharge)).toEqual([1, 0, 0, 0, 0]);
  });

  test("share nothing with a read that was sent before", async () => {
    await put("sent", { name: "old" });
    emulator.current().faults.add({ operation: "readDocument", inBatch: false, delayMs: 200, count: 1 });
    const early = get("sent");
    await new Promise(setImmediate);
    await put("sent", { name: "new" });
    expect((await get("sent")).item.name).toBe("new");
    await early;
  });

  test("do not join across a write that came between them", async () => {
    await put("between", { name: "old" });
    const [before, , after] = await Promise.all([
      get("between"),
      put("between", { name: "new" }),
      get("between"),
    ]);
    expect([before.item.name, after.item.name]).toEqual(["old", "new"]);
  });
});

describe("one operation's refusal touches no neighbour", () => {
  test("404 and 412", async () => {
    const { _etag: etag } = (await put("stale")).item;
    await put("stale", { name: "newer" });
    const [written, absent, stale, gone, read] = await Promise.all([
      put("fresh", { name: "written" }),
      failureOf(get("absent")),
      failureOf(store.upsert({ id: "stale", pk: "stale", name: "mine" }, { ifMatch: etag })),
      failureOf(store.upsert({ id: "gone", pk: "gone", name: "mine" }, { ifMatch: etag })),
      get("stale"),
    ]);
    expect(written.item.name).toBe("written");
    expect(absent).toMatchObject({ reason: "not-found", status: 404 });
    expect(stale).toMatchObject({ reason: "precondition-failed", status: 412, currentEtag: read.item._etag });
    expect(gone.reason).toBe("precondition-failed");
    expect(read.item.name).toBe("newer");
  });

  test("429, which is tried again by itself when the service says", async () => {
    const throttled = {
      operation: "upsertDocument",
      path: "*/slow",
      inBatch: true,
      status: 429,
      substatus: 3200,
      headers: { "x-ms-retry-after-ms": "300" },
      count: 2,
    };
    emulator.current().faults.add(throttled);
    const order: string[] = [];
    await Promise.all(
      ["quick", "slow", "other"].map(async (id) => {
        await put(id, { name: "done" });
        order.push(id);
      }),
    );
    expect(order).toEqual(["quick", "other", "slow"]);
    expect((await get("slow")).item.name).toBe("done");
  });

  test("429 for longer than the time allows is throttled, with what the service said to wait", async () => {
    emulator.current().faults.add({
      operation: "readDocument",
      path: "*/slow",
      inBatch: true,
      status: 429,
      substatus: 3200,
      headers: { "x-ms-retry-after-ms": "4500" },
      count: "always",
    });
    const [quick, slow] = await Promise.all([get("quick"), failureOf(get("slow"))]);
    expect(quick.item.id).toBe("quick");
    expect(slow).toMatchObject({ reason: "throttled", status: 429, retryAfterMs: 4_500 });
  });

  test("409, 413, 449 and 503 of one operation", async () => {
    for (const [status, reason] of [
      [409, "conflict"],
      [413, "too-large"],
      [449, "unavailable"],
      [503, "unavailable"],
    ] as const) {
      emulator
        .current()
        .faults.add({ operation: "upsertDocument", path: "*/refused", inBatch: true, status });
      const [one, two] = await Promise.all([failureOf(put("refused")), put("neighbour")]);
      expect(one).toMatchObject({ reason, status });
      expect(two.item.id).toBe("neighbour");
    }
  });
});

test("an operation that is throttled for good, alone or in a batch, is throttled and not unavailable", async () => {
  emulator.current().faults.add({
    operation: "readDocument",
    status: 429,
    substatus: 3200,
    headers: { "x-ms-retry-after-ms": "900" },
    count: "always",
  });
  const failures = [failureOf(get("first"))];
  await new Promise(setImmediate);
  failures.push(failureOf(get("second")), failureOf(get("third")));
  for (const failure of await Promise.all(failures)) {
    expect(failure).toMatchObject({ reason: "throttled", status: 429, retryAfterMs: 900 });
  }
});

test("a batch that is refused as a whole is no answer to its operations: each hears its own", async () => {
  for (const status of [400, 403, 413]) {
    emulator.current().faults.add({ operation: "batchDocuments", status });
    const results = await Promise.all([put("one"), put("two"), get("first")]);
    expect(results.map(({ item }) => item.id)).toEqual(["one", "two", "first"]);
  }
});

test("a batch that is throttled as a whole is sent again", async () => {
  emulator.current().faults.add({
    operation: "batchDocuments",
    status: 429,
    substatus: 3200,
    headers: { "x-ms-retry-after-ms": "20" },
    count: 3,
  });
  const results = await Promise.all(keys(10).map((id) => put(id, { name: "kept" })));
  expect(results.every(({ item }) => item.name === "kept")).toBe(true);
});

test("reads whose documents are more than an answer holds are all answered", async () => {
  const data = { text: "x".repeat(1_900_000) };
  const ids = ["a", "b", "c", "d"].map((name) => `large-${name}`);
  for (const id of ids) await put(id, { data });
  const results = await Promise.all(ids.map((id) => get(id)));
  expect(results.map(({ item }) => item.id)).toEqual(ids);
});

describe("too many that wait", () => {
  test("are throttled at once, and told how long to wait; those before them are not touched", async () => {
    const small = await open({ maxOperationsWaiting: 10 });
    const results = await Promise.allSettled(keys(15).map((id) => put(id, {}, small)));
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(10).fill("fulfilled"),
      ...Array(5).fill("rejected"),
    ]);
    const refused = await failureOf(Promise.all(keys(11).map((id) => get(id, small))));
    expect(refused).toMatchObject({ reason: "throttled", status: undefined });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    // The room is there again.
    await Promise.all(keys(10).map((id) => get(id, small)));
  });

  test("identical reads count as one", async () => {
    const small = await open({ maxOperationsWaiting: 1 });
    await Promise.all(keys(20).map(() => get("first", small)));
  });

  test("those that gave up leave their room", async () => {
    const small = await open({ maxOperationsWaiting: 5 });
    const leaving = new AbortController();
    const left = keys(5).map((id) => small.get({ id, pk: id }, { signal: leaving.signal }));
    leaving.abort(new Error("left"));
    await Promise.allSettled(left);
    await Promise.all(keys(5).map((id) => get(id, small)));
  });
});

describe("cancellation of one caller", () => {
  const reason = new Error("the caller has left");

  test("leaves the others of its batch alone", async () => {
    const leaving = new AbortController();
    emulator.current().faults.add({ operation: "batchDocuments", delayMs: 100 });
    const left = store.upsert({ id: "left", pk: "left", name: "x" }, { signal: leaving.signal });
    const others = Promise.all(keys(5).map((id) => put(id, { name: "stays" })));
    await new Promise(setImmediate);
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect((await others).map(({ item }) => item.name)).toEqual(Array(5).fill("stays"));
  });

  test("leaves those that share its read alone, whoever came first", async () => {
    for (const leaver of [0, 1]) {
      const leaving = [new AbortController(), new AbortController()];
      const reads = leaving.map(({ signal }) => store.get({ id: "first", pk: "first" }, { signal }));
      leaving[leaver]?.abort(reason);
      await expect(reads[leaver]).rejects.toBe(reason);
      expect(await reads[1 - leaver]).toMatchObject({ item: { id: "first" }, requestCharge: 1 });
    }
  });

  test("takes an operation that waits out of the queue: it is not sent", async () => {
    const leaving = new AbortController();
    const left = store.upsert({ id: "unsent", pk: "unsent", name: "x" }, { signal: leaving.signal });
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect((await failureOf(get("unsent"))).reason).toBe("not-found");
  });

  test("gives up the request when nobody waits for it any more", async () => {
    const narrow = await open({ maxBatchesInFlight: 1 });
    await get("first", narrow);
    emulator.current().faults.add({ operation: "readDocument", inBatch: false, delayMs: 60_000, count: 1 });
    const leaving = new AbortController();
    const left = narrow.get({ id: "first", pk: "first" }, { signal: leaving.signal });
    await new Promise(setImmediate);
    const next = get("second", narrow);
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect((await next).item.id).toBe("second");
  });
});

test("limits that cannot be are refused by name", async () => {
  for (const limits of [
    { maxBatchSize: 0 },
    { maxBatchSize: 101 },
    { maxBatchSize: 1.5 },
    { maxBatchBytes: 220_001 },
    { maxBatchesInFlight: Number.NaN },
    { maxAloneInFlight: -1 },
    { maxOperationsWaiting: 0 },
  ]) {
    await expect(open(limits)).rejects.toThrow(new RegExp(`^${Object.keys(limits)[0]} is `));
  }
});
