import { beforeAll, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();
let store: Store<Item>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", items));
  // The SDK reads the container's partition key ranges before its first batch.
  await Promise.all([put("first"), put("second")]);
});

const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
const put = (id: string, name = "unnamed") => store.upsert({ id, pk: id, name });
const get = (id: string, signal?: AbortSignal) => store.get({ id, pk: id }, { signal });

/** Requests that the emulator receives while some work is done. */
async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const count = (): number => emulator.current().regions.list()[0]?.requests ?? 0;
  const before = count();
  await work();
  return count() - before;
}

test("operations that overlap leave in one request, each with its own result", async () => {
  const ids = keys(50);
  const writes = await requestsOf(async () => {
    const results = await Promise.all(ids.map((id) => put(id, `name of ${id}`)));
    expect(results.map(({ item }) => item.name)).toEqual(ids.map((id) => `name of ${id}`));
  });
  expect(writes).toBe(1);
  const reads = await requestsOf(async () => {
    const results = await Promise.all(ids.map((id) => get(id)));
    expect(results.map(({ item }) => item.id)).toEqual(ids);
    expect(results.every(({ requestCharge }) => requestCharge === 1)).toBe(true);
  });
  expect(reads).toBe(1);
});

test("a batch has at most a hundred operations", async () => {
  const ids = keys(250);
  expect(await requestsOf(() => Promise.all(ids.map((id) => put(id))))).toBe(3);
});

test("identical reads that wait are one operation, charged once; each caller has an item of its own", async () => {
  await store.upsert({ id: "hot", pk: "hot", name: "hot", tags: ["a"] });
  let results: Awaited<ReturnType<typeof get>>[] = [];
  const requests = await requestsOf(async () => {
    results = await Promise.all(keys(20).map(() => get("hot")));
  });
  expect(requests).toBe(1);
  expect(results.map(({ requestCharge }) => requestCharge)).toEqual([1, ...Array(19).fill(0)]);
  results[0]?.item.tags?.push("mine");
  expect(results[1]?.item.tags).toEqual(["a"]);
});

test("what one operation is refused touches no other of its batch", async () => {
  const { etag } = (await put("stale")).item;
  await put("stale", "newer");
  const [written, absent, stale, read] = await Promise.all([
    put("fresh", "written"),
    failureOf(get("absent")),
    failureOf(store.upsert({ id: "stale", pk: "stale", name: "mine" }, { ifMatch: etag })),
    get("stale"),
  ]);
  expect(written.item.name).toBe("written");
  expect(absent).toMatchObject({ reason: "not-found", status: 404 });
  expect(stale).toMatchObject({ reason: "precondition-failed", status: 412 });
  expect(read.item.name).toBe("newer");
});
