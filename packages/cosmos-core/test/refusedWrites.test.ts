import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Patch,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

async function open() {
  await ensureContainer(emulator.configuration(), items, createCredential());
  return (await openContainer(emulator.client(), "appdb", items)).store;
}

let store: Awaited<ReturnType<typeof open>>;
const key = { id: "one", pk: "one" };

beforeAll(async () => {
  store = await open();
  await store.upsert({ ...key, name: "One", data: { list: [1], text: "t" } });
});

test.each([
  ["append.tags", { append: { tags: "new" } }],
  ["append.data.text", { append: { "data.text": 1 } }],
  ["remove.ttl", { remove: ["ttl"] }],
  ["remove.data.none", { set: { name: "x" }, remove: ["data.none"] }],
  ["set.data.none.below", { set: { "data.none.below": 1 } }],
  ["set.data.list.9", { set: { "data.list.9": 1 } }],
  ["increment.data.text", { increment: { "data.text": 1 } }],
] as [string, Patch<Item>][])(
  "a patch that meets an item without a place for it names %s",
  async (path, patch) => {
    const before = await store.get(key);
    const failure = await failureOf(store.patch(key, patch));
    expect(failure).toMatchObject({ reason: "invalid", fields: [{ path, message: expect.any(String) }] });
    expect(failure.message).toContain(`The patch cannot be made: ${path}: `);
    expect((await store.get(key)).item).toEqual(before.item);
  },
);

describe.each(["create", "upsert", "replace"] as const)("%s", (operation) => {
  test.each(["a/b", "a\\b", "a?b", "a#b", "a "])(
    "of the id %j is invalid, and nothing to try again",
    async (id) => {
      expect(await failureOf(store[operation]({ id, pk: id, name: "x" }))).toMatchObject({
        reason: "invalid",
        fields: [{ path: "id", message: expect.stringMatching(/^must /) }],
      });
    },
  );
});

test("a bulk write refuses such ids too, where the schema lets them pass", async () => {
  const schema = z.object({ id: z.string(), pk: z.string() });
  const loose = defineContainer({ id: "loose", partitionKey: "/pk", schema });
  await ensureContainer(emulator.configuration(), loose, createCredential());
  const { store: looseStore } = await openContainer(emulator.client(), "appdb", loose);
  const source = ["a/b", "fine", "a "].map((id) => ({ id, pk: "p" }));
  const results = await Array.fromAsync(looseStore.bulk(source));
  expect(results.map(({ error }) => [error?.reason, error?.fields?.[0]?.path])).toEqual([
    ["invalid", "id"],
    [undefined, undefined],
    ["invalid", "id"],
  ]);
});

test.each(["☃", "a\r\nb: c", "", "a b"])("the etag %j that no header carries is invalid", async (ifMatch) => {
  const item = { ...key, name: "x" };
  for (const work of [
    store.upsert(item, { ifMatch }),
    store.replace(item, { ifMatch }),
    store.patch(key, { set: { name: "x" } }, { ifMatch }),
    store.delete(key, { ifMatch }),
  ]) {
    expect(await failureOf(work)).toMatchObject({ reason: "invalid", fields: [{ path: "ifMatch" }] });
  }
  expect((await store.get(key)).item.name).toBe("One");
});

test("an update whose function gives no item is invalid", async () => {
  const failure = await failureOf(store.update(key, () => undefined as unknown as Item));
  expect(failure).toMatchObject({ reason: "invalid" });
  expect(failure.message).toContain("has to return the whole changed item");
});
