import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyDefinition, ItemBase, PartitionKeyPaths } from "../src/definition/containerDefinition.ts";
import {
  type ContainerDefinition,
  createCredential,
  defineContainer,
  ensureContainer,
  openContainer,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

/** A container for one test, filled with documents that no schema has seen. */
async function filled(id: string, documents: readonly { id: string; [name: string]: unknown }[]) {
  const any = { id, partitionKey: "/id", schema: z.looseObject({ id: z.string() }) } as const;
  await ensureContainer(emulator.configuration(), any as unknown as AnyDefinition, createCredential());
  const container = emulator.client().database("appdb").container(id);
  for (const document of documents) await container.items.create(document);
  return container;
}

const open = async <Schema extends z.ZodType<ItemBase>, Paths extends PartitionKeyPaths>(
  definition: ContainerDefinition<Schema, Paths>,
) => (await openContainer(emulator.client(), "appdb", definition)).store;

const base = { id: z.string(), name: z.string() };

describe("a document that was written before a field was there", () => {
  const withDefault = defineContainer({
    id: "grown",
    partitionKey: "/id",
    schema: z.strictObject({
      ...base,
      level: z.int().default(1),
      place: z.object({ city: z.string(), country: z.string().default("DE") }).optional(),
      lines: z.array(z.object({ count: z.int().prefault(2) })).default([]),
    }),
  });
  let store: Awaited<ReturnType<typeof open<typeof withDefault.schema, "/id">>>;

  beforeAll(async () => {
    await filled("grown", [
      { id: "a", name: "A" },
      { id: "b", name: "B", place: { city: "Ulm" }, lines: [{ count: 1 }, {}] },
    ]);
    store = await open(withDefault);
  });

  const whole = [
    { id: "a", name: "A", level: 1, lines: [] },
    {
      id: "b",
      name: "B",
      level: 1,
      place: { city: "Ulm", country: "DE" },
      lines: [{ count: 1 }, { count: 2 }],
    },
  ];

  test("is read with the field's default, by every way of reading", async () => {
    expect((await store.get({ id: "a" })).item).toMatchObject(whole[0] ?? {});
    expect((await store.getMany([{ id: "b" }]))[0]?.item).toMatchObject(whole[1] ?? {});
    expect((await store.list({ orderBy: [["id", "asc"]] })).items).toMatchObject(whole);
    for await (const { items, unfit } of store.changes({ follow: false })) {
      expect(items).toMatchObject(whole);
      expect(unfit).toBeUndefined();
    }
    expect((await store.patch({ id: "a" }, { set: { name: "A" } })).item).toMatchObject(whole[0] ?? {});
    expect(store.reads()).toEqual({ checked: 6, upgraded: 0, unfit: 0 });
  });

  test("keeps what the schema does not know: a later version wrote it", async () => {
    await filled("grown", [
      { id: "later", name: "L", rank: { of: 5 }, place: { city: "Bonn", street: "Am Markt" } },
    ]);
    const { item } = await store.get({ id: "later" });
    expect(item).toMatchObject({ level: 1, rank: { of: 5 }, place: { street: "Am Markt", country: "DE" } });
    expect((await store.patch({ id: "later" }, { set: { name: "M" } })).item).toMatchObject({
      rank: { of: 5 },
    });
    const updated = await store.update({ id: "later" }, (old) => ({ ...old, level: 2 }));
    expect(updated.item).toMatchObject({ name: "M", level: 2, rank: { of: 5 } });
    const wrong = store.update({ id: "later" }, (old) => ({ ...old, other: 1 }));
    expect((await failureOf(wrong)).fields?.map(({ path }) => path)).toEqual(["rank", "other"]);
    expect((await failureOf(store.upsert(item))).fields).toEqual([
      { path: "rank", message: "is not a known field" },
    ]);
  });
});

describe("a document that does not fit the schema", () => {
  const required = defineContainer({
    id: "unfit",
    partitionKey: "/id",
    schema: z.strictObject({ ...base, total: z.number() }),
  });

  test("is refused for the operator, with its key, its fields and what to do; and no other is", async () => {
    const container = await filled("unfit", [
      { id: "old", name: "O" },
      { id: "good", name: "G", total: 1 },
      { id: "odd", name: 5, total: "1" },
    ]);
    const store = await open(required);
    const failure = await failureOf(store.get({ id: "old" }));
    expect(failure).toMatchObject({ reason: "misconfigured", code: "item-unfit" });
    expect(failure.message).toBe(
      'The item {"id":"old"} of unfit does not fit its schema (total: is missing) as it is stored: give a new field a default, raise the definition\'s `version` with an upgrade, or write the item anew.',
    );
    expect((await failureOf(store.update({ id: "old" }, (item) => item))).reason).toBe("misconfigured");
    const [old, good] = await store.getMany([{ id: "old" }, { id: "good" }]);
    expect([old?.error?.reason, good?.item?.total]).toEqual(["misconfigured", 1]);

    for (const orderBy of [undefined, [["id", "asc"]]] as const) {
      const page = await store.list({ orderBy, limit: 10 });
      expect(page.items.map(({ id }) => id)).toEqual(["good"]);
      expect(page.unfit?.map(({ document }) => document["id"]).sort()).toEqual(["odd", "old"]);
      expect(page.unfit?.find(({ document }) => document["id"] === "old")).toMatchObject({
        document: { id: "old", name: "O", _ts: expect.any(Number) },
        error: { reason: "misconfigured", message: failure.message },
      });
    }
    const changed = [];
    for await (const { items, unfit = [], cursor } of store.changes({ follow: false, limit: 1 })) {
      expect(cursor).toEqual(expect.any(String));
      changed.push(...items.map(({ id }) => id), ...unfit.map(({ document }) => document["id"]));
    }
    expect(changed.sort()).toEqual(["good", "odd", "old"]);
    expect(store.reads()).toEqual({ checked: 13, upgraded: 0, unfit: 9 });

    // What does not fit can be mended through the store: by whole writes, by patches, and it can be deleted.
    await store.upsert({ id: "odd", name: "5", total: 1 });
    expect((await store.patch({ id: "old" }, { set: { total: 3 } })).item.total).toBe(3);
    expect((await store.list()).unfit).toBeUndefined();
    await container.items.create({ id: "gone" });
    await store.delete({ id: "gone" });
  });

  test("does not hide the etag that a write would have to name", async () => {
    await filled("unfit", [{ id: "stale", name: "S" }]);
    const store = await open(required);
    const item = { id: "stale", name: "S", total: 1 };
    const failure = await failureOf(store.replace(item, { ifMatch: '"x"' }));
    expect(failure).toMatchObject({ reason: "precondition-failed", currentEtag: expect.any(String) });
    await store.replace(item, { ifMatch: failure.currentEtag });
  });

  test("is upgraded when it is of an older version, and counted", async () => {
    await filled("versions", [
      { id: "one", title: "1" },
      { id: "two", name: "2", _schemaVersion: 2 },
      { id: "three", name: "3", total: 3, _schemaVersion: 3 },
      { id: "four", name: "4", total: 4, _schemaVersion: 4 },
      { id: "bad", _schemaVersion: 1, title: null },
    ]);
    const versions = defineContainer({
      id: "versions",
      partitionKey: "/id",
      schema: z.strictObject({ ...base, total: z.number(), tags: z.array(z.string()).default([]) }),
      version: 3,
      upgrades: [
        ({ title, ...item }) => ({ ...item, name: (title as string).toUpperCase() }),
        (item) => ({ ...item, total: 0 }),
      ],
    });
    const store = await open(versions);
    const page = await store.list();
    expect(page.items.map(({ _etag, _ts, ...item }) => item)).toEqual([
      { id: "one", name: "1", total: 0, tags: [] },
      { id: "two", name: "2", total: 0, tags: [] },
      { id: "three", name: "3", total: 3, tags: [] },
    ]);
    expect(page.unfit?.map(({ error }) => error.message)).toEqual([
      'The item {"id":"four"} of versions is of version 4 of its schema, and this process knows 3: deploy the newer one here too.',
      expect.stringContaining(
        'The item {"id":"bad"} of versions cannot be upgraded from version 1: TypeError',
      ),
    ]);
    expect(store.reads()).toEqual({ checked: 5, upgraded: 3, unfit: 2 });
  });
});

test("who opened the container is told of what pages leave out", async () => {
  await filled("told", [{ id: "good", name: "G" }, { id: "bad" }]);
  const definition = defineContainer({ id: "told", partitionKey: "/id", schema: z.strictObject(base) });
  const told: string[] = [];
  const { store } = await openContainer(emulator.client(), "appdb", definition, {
    onUnfit: ({ message }) => told.push(message),
  });
  await store.list();
  await Array.fromAsync(store.changes({ follow: false }));
  expect(told).toEqual(Array(2).fill(expect.stringMatching(/^The item {"id":"bad"} of told does not fit/)));
});

describe("a schema that changes what it is given", () => {
  test("answers an item in its own form when that form stays", async () => {
    await filled("trimmed", [
      { id: "a", name: " A ", tags: ["b", "a", "b"], nested: { note: " N ", more: 1 } },
    ]);
    const store = await open(
      defineContainer({
        id: "trimmed",
        partitionKey: "/id",
        schema: z.object({
          id: z.string(),
          name: z.string().trim(),
          tags: z.array(z.string()).transform((tags) => [...new Set(tags)].sort()),
          nested: z.object({ note: z.string().trim() }),
        }),
      }),
    );
    expect((await store.get({ id: "a" })).item).toMatchObject({
      name: "A",
      tags: ["a", "b"],
      nested: { note: "N", more: 1 },
    });
  });

  test.each([
    ["adds each time", z.number().transform((cents) => cents * 100), 1],
    ["makes another type", z.string().transform((text) => text.length), "abc"],
    ["turns round", z.boolean().transform((flag) => !flag), true],
    ["grows", z.array(z.int()).transform((list) => [...list, list.length]), [1]],
  ])(
    "that %s is told at the first writing and at every reading, and nothing is changed by it",
    async (name, value, given) => {
      const id = `odd-${name.replaceAll(" ", "-")}`;
      await filled(id, [{ id: "a", value: given }]);
      const store = await open(
        defineContainer({
          id,
          partitionKey: "/id",
          schema: z.object({ id: z.string(), value: value as z.ZodType }),
        }),
      );
      for (const work of [store.upsert({ id: "b", value: given }), store.get({ id: "a" })]) {
        const failure = await failureOf(work);
        expect(failure.reason).toBe("misconfigured");
        expect(failure.message).toContain("value");
      }
      expect((await failureOf(store.update({ id: "a" }, (item) => item))).reason).toBe("misconfigured");
      const { items, unfit = [] } = await store.list();
      expect(items).toEqual([]);
      expect(unfit.map(({ document }) => document)).toMatchObject([{ id: "a", value: given }]);
    },
  );
});
