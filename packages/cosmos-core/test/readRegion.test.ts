import { afterEach, beforeAll, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { useEmulator } from "./runningEmulator.ts";

const [home, near] = ["East US", "West Europe"];
const emulator = useEmulator({ regions: [{ name: home }, { name: near }] });

beforeAll(() => ensureContainer(emulator.configuration(), items, createCredential()));
afterEach(() => emulator.current().regions.setLag(near, 0));

const open = async (...preferred: string[]): Promise<Store<TypesOf<typeof items>>> =>
  (await openContainer(emulator.client(preferred), "appdb", items)).store;

const ids = Array.from({ length: 20 }, (_, index) => `k${index}`);
const put = (store: Store<TypesOf<typeof items>>, name: string) =>
  Promise.all(ids.map((id) => store.upsert({ id, pk: id, name })));
const get = (store: Store<TypesOf<typeof items>>) => Promise.all(ids.map((id) => store.get({ id, pk: id })));

/** How many requests each region receives while some work is done. */
async function requestsByRegion(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const count = () =>
    new Map(
      emulator
        .current()
        .regions.list()
        .map(({ name, requests }) => [name, requests]),
    );
  const before = count();
  await work();
  return Object.fromEntries([...count()].map(([name, sum]) => [name, sum - (before.get(name) ?? 0)]));
}

test("reads go in batches where no preferred location leads them to another region than writes", async () => {
  for (const preferred of [[], [home], [home, near], ["Nowhere"]]) {
    const store = await open(...preferred);
    await put(store, "warm");
    expect(await requestsByRegion(() => get(store))).toEqual({ [home]: 1, [near]: 0 });
  }
});

test("else reads go to the preferred location, each alone, and identical ones that wait share one", async () => {
  const store = await open(near);
  await put(store, "warm");
  expect(await requestsByRegion(() => put(store, "again"))).toEqual({ [home]: 1, [near]: 0 });
  expect(await requestsByRegion(() => get(store))).toEqual({ [home]: 0, [near]: ids.length });
  const hot = () => Promise.all(ids.map(() => store.get({ id: "k0", pk: "k0" })));
  expect(await requestsByRegion(hot)).toEqual({ [home]: 0, [near]: 1 });
});

test("a caller reads its own writes though its region lags", async () => {
  const store = await open(near);
  await put(store, "before");
  emulator.current().regions.setLag(near, 60_000);
  await put(store, "after");
  const names = (await get(store)).map(({ item }) => item.name);
  expect(names).toEqual(ids.map(() => "after"));
});
