import { beforeAll, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  items,
  openContainer,
  type Store,
  type StoreError,
  type TypesOf,
} from "../src/index.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ enforceThroughput: true });
let store: Store<TypesOf<typeof items>>;

beforeAll(async () => {
  const { database } = await emulator.keyClient().databases.createIfNotExists({ id: "appdb" });
  await database.containers.create({
    id: items.id,
    partitionKey: items.partitionKey,
    defaultTtl: -1,
    throughput: 400,
  });
  await ensureContainer(emulator.configuration(), items, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", items));
});

const put = (id: string) => store.upsert({ id, pk: id, name: "kept" });

/** The ids that are there, whoever was told so. */
async function idsThere(prefix: string): Promise<string[]> {
  const { resources } = await emulator
    .keyClient()
    .database("appdb")
    .container(items.id)
    .items.query<string>({
      query: "SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, @prefix)",
      parameters: [{ name: "@prefix", value: prefix }],
    })
    .fetchAll();
  return resources;
}

test("what comes over the throughput is written when there is room again, within the time-out", async () => {
  const ids = Array.from({ length: 120 }, (_, index) => `patient-${index}`);
  const results = await Promise.all(ids.map(put));
  expect(results.map(({ item }) => item.id)).toEqual(ids);
});

test("what cannot be written in time is throttled and not there; what was acknowledged is there", async () => {
  const ids = Array.from({ length: 700 }, (_, index) => `crowd-${index}`);
  const results = await Promise.allSettled(ids.map(put));
  const told = ids.map((id, index) => {
    const result = results[index];
    if (result?.status !== "rejected") return { id, outcome: "acknowledged" };
    const failure = result.reason as StoreError;
    if (failure.reason === "throttled") expect(failure.retryAfterMs).toBeGreaterThanOrEqual(0);
    return { id, outcome: failure.reason };
  });
  const idsOf = (wanted: string): string[] =>
    told.filter(({ outcome }) => outcome === wanted).map(({ id }) => id);
  // A slow machine may leave some on their way at the deadline: of those nobody knows.
  expect(new Set(told.map(({ outcome }) => outcome))).toEqual(
    new Set(["acknowledged", "throttled", ...(idsOf("unavailable").length > 0 ? ["unavailable"] : [])]),
  );
  const there = new Set(await idsThere("crowd-"));
  expect(idsOf("acknowledged").filter((id) => !there.has(id))).toEqual([]);
  expect(idsOf("throttled").filter((id) => there.has(id))).toEqual([]);
});
