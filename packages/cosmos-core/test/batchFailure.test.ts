import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  items,
  openContainer,
  type Store,
  type StoreError,
  type TypesOf,
} from "../src/index.ts";
import { effectivePartitionKey } from "../src/sdk/effectivePartitionKey.ts";
import { orders } from "./orders.ts";
import { requestsOf } from "./requestCount.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 4 });
let client: ReturnType<typeof emulator.client>;
let store: Store<TypesOf<typeof items>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  client = emulator.client();
  ({ store } = await openContainer(client, "appdb", items));
  await Promise.all(ids.map((id) => put(id, "old")));
});
afterEach(() => emulator.current().faults.clear());

const ids = Array.from({ length: 60 }, (_, index) => `k${index}`);
const put = (id: string, name: string) => store.upsert({ id, pk: id, name });
const get = (id: string) => store.get({ id, pk: id });
const nameOf = async (id: string): Promise<string> => (await get(id)).item.name;

const throttledOnce = {
  operation: "batchDocuments",
  status: 429,
  substatus: 3200,
  headers: { "x-ms-retry-after-ms": "5" },
} as const;

/** The partition key range of each id. */
async function rangesOf(some: readonly string[]): Promise<string[]> {
  const { resources } = await client
    .database("appdb")
    .container(items.id)
    .readPartitionKeyRanges()
    .fetchAll();
  const ranges = resources as { id: string; minInclusive: string; maxExclusive: string }[];
  return some.map((id) => {
    const key = effectivePartitionKey(id);
    return (
      ranges.find(({ minInclusive, maxExclusive }) => minInclusive <= key && key < maxExclusive)?.id ?? "none"
    );
  });
}

/** Writes a name to all at once; says whose write was not acknowledged, and with which failure. */
async function writeAll(name: string): Promise<{ failed: string[]; failures: StoreError[] }> {
  const results = await Promise.allSettled(ids.map((id) => put(id, name)));
  return {
    failed: ids.filter((_, index) => results[index]?.status === "rejected"),
    failures: results.flatMap((result) =>
      result.status === "rejected" ? [result.reason as StoreError] : [],
    ),
  };
}

describe.each([
  ["dropped before it took effect", { drop: "before" }, false],
  ["dropped after it took effect", { drop: "after" }, true],
  ["cut in its answer", { truncate: true }, true],
  ["answered 503 before it took effect", { status: 503 }, false],
  ["answered 503 after it took effect", { status: 503, takesEffect: true }, true],
  ["answered 408 after it took effect", { status: 408, takesEffect: true }, true],
] as const)("a batch that is %s", (title, fault, takesEffect) => {
  test("leaves its own partition's writes unavailable and loses no acknowledged one", async () => {
    const name = `written, ${title}`;
    await writeAll("old");
    emulator.current().faults.add({ operation: "batchDocuments", ...fault });
    const { failed, failures } = await writeAll(name);
    expect(new Set(await rangesOf(failed)).size).toBe(1);
    expect(failed.length).toBeLessThan(ids.length);
    expect(new Set(failures.map(({ reason }) => reason))).toEqual(new Set(["unavailable"]));
    for (const id of ids) {
      const isThere = takesEffect || !failed.includes(id);
      expect(await nameOf(id), id).toBe(isThere ? name : "old");
    }
  });

  test("fails no read: it is sent again", async () => {
    emulator.current().faults.add({ operation: "batchDocuments", ...fault });
    const results = await Promise.all(ids.map(get));
    expect(results.map(({ item }) => item.id)).toEqual(ids);
  });
});

test("a physical partition's operations leave in a request of their own", async () => {
  const partitions = new Set(await rangesOf(ids)).size;
  expect(partitions).toBe(4);
  expect(await requestsOf(emulator, () => Promise.all(ids.map(get)))).toBe(partitions);
});

test("a batch that is throttled repeats no write that took effect, with a hierarchical key either", async () => {
  await ensureContainer(emulator.configuration(), orders, createCredential());
  const { store: sales } = await openContainer(client, "appdb", orders);
  const keys = ids.map((id, customer) => ({ id, tenant: `tenant ${id}`, customer }));
  const requests = await requestsOf(emulator, async () => {
    emulator.current().faults.add(throttledOnce);
    const written = keys.map((key) => sales.create({ ...key, status: "open", total: 0, lines: [] }));
    expect((await Promise.all(written)).map(({ item }) => item.id)).toEqual(ids);
  });
  // One for each of the four partitions, and those of the one that was throttled again.
  expect(requests).toBeGreaterThan(4);
  emulator.current().faults.add(throttledOnce);
  const counted = await Promise.all(keys.map((key) => sales.patch(key, { increment: { total: 1 } })));
  expect(counted.map(({ item }) => item.total)).toEqual(ids.map(() => 1));
});

test("a partition that is split under way fails nothing", async () => {
  const [range = ""] = await rangesOf(ids);
  emulator.current().splitPartition({ database: "appdb", container: items.id, range });
  const { failed } = await writeAll("after the split");
  expect(failed).toEqual([]);
  expect((await Promise.all(ids.map(nameOf))).every((name) => name === "after the split")).toBe(true);
  expect(new Set(await rangesOf(ids)).size).toBe(5);
});

test("nor does it when a part of the batch is throttled then: that part is unavailable, and nothing is written twice", async () => {
  const fresh = ids.map((id) => `fresh ${id}`);
  const byRange = Map.groupBy((await rangesOf(fresh)).entries(), ([, range]) => range);
  const [largest] = [...byRange].sort(([, one], [, other]) => other.length - one.length);
  const among = (largest?.[1] ?? []).map(([index]) => fresh[index] ?? "");
  emulator.current().splitPartition({ database: "appdb", container: items.id, range: largest?.[0] ?? "" });
  // The first request names the range that is gone, the SDK makes two of it, and one of those is throttled.
  emulator.current().faults.add({ operation: "batchDocuments", delayMs: 1, count: 2 });
  emulator.current().faults.add({ ...throttledOnce });
  const results = await Promise.allSettled(
    among.map((id) => store.create({ id, pk: id, name: "made once" })),
  );
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason.reason] : []));
  expect(new Set(reasons)).toEqual(new Set(["unavailable"]));
  // The ranges are known again.
  const after = await Promise.allSettled(among.map(get));
  expect(after.some(({ status }) => status === "fulfilled")).toBe(true);
});
