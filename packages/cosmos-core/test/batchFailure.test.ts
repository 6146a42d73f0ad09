import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { effectivePartitionKey } from "../src/effectivePartitionKey.ts";
import {
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type StoreError,
} from "../src/index.ts";
import { requestsOf } from "./requestCount.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 4 });
let client: ReturnType<typeof emulator.client>;
let store: Store<Item>;

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

test("a partition that is split under way fails nothing", async () => {
  const [range = ""] = await rangesOf(ids);
  emulator.current().splitPartition({ database: "appdb", container: items.id, range });
  const { failed } = await writeAll("after the split");
  expect(failed).toEqual([]);
  expect((await Promise.all(ids.map(nameOf))).every((name) => name === "after the split")).toBe(true);
  expect(new Set(await rangesOf(ids)).size).toBe(5);
});
