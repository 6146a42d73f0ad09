import { beforeAll, describe, expect, test } from "vitest";
import {
  type BulkProgress,
  type BulkResult,
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

const emulator = useEmulator({ physicalPartitions: 2, enforceThroughput: true });
let store: Store<TypesOf<typeof items>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", items));
});

const item = (id: string, name = "unnamed"): Item => ({ id, pk: id, name });

function* numbered(prefix: string, count: number): Generator<Item> {
  for (let n = 0; n < count; n += 1) yield item(`${prefix}${n}`);
}

/** The ids that are there of a run. */
async function written(prefix: string, from: Store<TypesOf<typeof items>> = store): Promise<string[]> {
  const pages = await Array.fromAsync(from.changes({ follow: false, limit: 1_000 }));
  return pages.flatMap((page) => page.items.map(({ id }) => id)).filter((id) => id.startsWith(prefix));
}

describe("a bulk write", () => {
  test("says of each item what became of it, in the source's order, and how far it is", async () => {
    const progress: BulkProgress[] = [];
    const source = numbered("a", 2_500);
    const results = await Array.fromAsync(store.bulk(source, { onProgress: (at) => progress.push(at) }));
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 2_500 }, (_, n) => n));
    const answers = await store.getMany(Array.from(numbered("a", 2_500)));
    expect(results.map(({ _etag }) => _etag)).toEqual(answers.map((answer) => answer.item?._etag));
    expect(progress).toHaveLength(2_500);
    expect(progress.at(-1)).toMatchObject({ done: 2_500, refused: 0, resumeAt: 2_500 });
    const charged = results.reduce((sum, { requestCharge }) => sum + requestCharge, 0);
    expect(progress.at(-1)?.requestCharge).toBeCloseTo(charged);
    expect(await written("a")).toHaveLength(2_500);
  });

  test("refuses single items and goes on", async () => {
    const source = [
      item("b0"),
      { id: "b1", pk: "b1", name: 5 },
      { id: "b/2" },
      null,
      { ...item("b4"), data: { text: "x".repeat(2 ** 21) } },
      { ...item("b5"), extra: true },
      item("cosmos-trpc:cursor-key"),
      item("b7"),
    ] as Item[];
    const results = await Array.fromAsync(store.bulk(source));
    expect(results.map(({ error }) => error?.reason)).toEqual([
      undefined,
      "invalid",
      "invalid",
      "invalid",
      "too-large",
      "invalid",
      "invalid",
      undefined,
    ]);
    expect(results[1]?.error?.fields?.map(({ path }) => path)).toEqual(["name"]);
    expect((await written("b")).sort()).toEqual(["b0", "b7"]);
  });

  test("writes the later of two items with the same key later", async () => {
    const source = Array.from({ length: 400 }, (_, n) => item(`c${n % 4}`, String(n)));
    expect(await Array.fromAsync(store.bulk(source))).toHaveLength(400);
    const names = await store.getMany([0, 1, 2, 3].map((n) => ({ id: `c${n}`, pk: `c${n}` })));
    expect(names.map((answer) => answer.item?.name)).toEqual(["396", "397", "398", "399"]);
  });

  test("takes from its source only what it can hold: in items, in bytes, and when nobody takes results", async () => {
    let taken = 0;
    const counted = async function* (text: string) {
      for (let n = 0; n < 1_000; n += 1) {
        taken += 1;
        yield { ...item(`d${n}`), data: { text } };
      }
    };
    const few = store.bulk(counted(""), { concurrency: 10 });
    for (let n = 0; n < 25; n += 1) {
      await few.next();
      expect(taken).toBeLessThanOrEqual(n + 10);
    }
    await few.return();
    expect(taken).toBeLessThanOrEqual(35);
    taken = 0;
    const large = store.bulk(counted("x".repeat(1_000_000)));
    await large.next();
    expect(taken).toBeLessThanOrEqual(18);
    await large.return();
  });

  test("goes on where an earlier run was cut", async () => {
    let resumeAt = 0;
    const cut = new AbortController();
    const reason = new Error("cut");
    const onProgress = (progress: BulkProgress) => {
      resumeAt = progress.resumeAt;
      if (progress.done === 120) cut.abort(reason);
    };
    const first = Array.fromAsync(
      store.bulk(numbered("e", 300), { signal: cut.signal, onProgress, concurrency: 50 }),
    );
    await expect(first).rejects.toBe(reason);
    expect(resumeAt).toBeGreaterThanOrEqual(120);
    expect(resumeAt).toBeLessThan(300);
    const rest = await Array.fromAsync(store.bulk(numbered("e", 300), { startAt: resumeAt }));
    expect(rest.map(({ index }) => index)).toEqual(
      Array.from({ length: 300 - resumeAt }, (_, n) => n + resumeAt),
    );
    expect(await written("e")).toHaveLength(300);
  });

  test("hears its signal while it refuses or skips one item after the other, for which it waits for nothing", async () => {
    for (const startAt of [0, 100_000]) {
      const reason = new Error("ended");
      const ended = new AbortController();
      setImmediate(() => ended.abort(reason));
      const source = function* () {
        for (let n = 0; n < 100_000; n += 1) yield { id: "refused", name: n } as unknown as Item;
      };
      const results = Array.fromAsync(store.bulk(source(), { signal: ended.signal, startAt }));
      await expect(results).rejects.toBe(reason);
    }
  });

  test("passes on what its source throws, after the results before it", async () => {
    const thrown = new Error("the file ends here");
    const source = async function* () {
      yield* numbered("f", 3);
      throw thrown;
    };
    const results: BulkResult[] = [];
    const reading = (async () => {
      for await (const result of store.bulk(source())) results.push(result);
    })();
    await expect(reading).rejects.toBe(thrown);
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test("writes everything through outages and dropped connections", async () => {
    const { faults } = emulator.current();
    faults.add({ operation: "batchDocuments", status: 503, count: 5 });
    faults.add({ operation: "batchDocuments", drop: "after", count: 3 });
    faults.add({ operation: "upsertDocument", status: 503, count: 5 });
    const results = await Array.fromAsync(store.bulk(numbered("g", 1_000)));
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await written("g")).toHaveLength(1_000);
    faults.clear();
  });

  test("keeps to the throughput that there is, and writes everything", async () => {
    const { database } = await emulator.keyClient().databases.createIfNotExists({ id: "slow" });
    await database.containers.createIfNotExists({
      id: "items",
      partitionKey: "/pk",
      defaultTtl: -1,
      throughput: 400,
    });
    const { store: slow } = await openContainer(emulator.client(), "slow", items);
    const results = await Array.fromAsync(slow.bulk(numbered("h", 600)));
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await written("h", slow)).toHaveLength(600);
  });

  test("ends with the failure when Cosmos DB is away for longer than its maxOutage", async () => {
    const { faults } = emulator.current();
    faults.add({ operation: "batchDocuments", status: 503, count: "always" });
    faults.add({ operation: "upsertDocument", status: 503, count: "always" });
    const results: BulkResult[] = [];
    const failing = (async () => {
      for await (const result of store.bulk(numbered("i", 50), { maxOutage: 100 })) results.push(result);
    })();
    expect((await failureOf(failing)).reason).toBe("unavailable");
    faults.clear();
    const startAt = results.length;
    await Array.fromAsync(store.bulk(numbered("i", 50), { startAt }));
    expect(await written("i")).toHaveLength(50);
  });

  test.each([
    { concurrency: 0 },
    { concurrency: 10_001 },
    { startAt: -1 },
    { startAt: 1.5 },
    { maxOutage: Number.NaN },
  ])("refuses the options %j", async (options) => {
    const failure = await failureOf(Array.fromAsync(store.bulk([], options)));
    expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: Object.keys(options)[0] }] });
  });
});
