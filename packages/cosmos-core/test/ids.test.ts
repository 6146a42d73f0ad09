import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { codePoint } from "../../../vitest.codePoint.ts";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  itemId,
  openContainer,
  type Store,
  type StoreError,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

/** An entity whose schema says nothing of its ids. */
const notes = defineContainer({
  id: "notes",
  partitionKey: "/tenant",
  schema: z.strictObject({ id: z.string(), tenant: z.string(), text: z.string().default("") }),
});

const emulator = useEmulator();
let store: Store<TypesOf<typeof notes>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), notes, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", notes));
});

const bulked = async (item: { id: string; tenant: string }) => {
  const results = await Array.fromAsync(store.bulk([item]));
  if (results[0]?.error !== undefined) throw results[0].error;
};

/** Every operation on an item, and what is to come of it. */
async function roundTrip(key: { id: string; tenant: string }): Promise<void> {
  await store.create(key);
  await store.upsert({ ...key, text: "a" });
  await store.replace({ ...key, text: "b" });
  await bulked({ ...key });
  expect((await store.get(key)).item.id).toBe(key.id);
  const [one, two] = await store.getMany([key, { ...key, tenant: "other" }]);
  expect([one?.item?.id, two?.error?.reason]).toEqual([key.id, "not-found"]);
  const listed = await store.list({ pk: key.tenant, where: { id: { eq: key.id } } });
  expect(listed.items.map(({ id }) => id)).toEqual([key.id]);
  expect((await store.patch(key, { set: { text: "c" } })).item.text).toBe("c");
  expect((await store.update(key, (item) => ({ ...item, text: "d" }))).item.text).toBe("d");
  await store.delete(key);
  expect((await failureOf(store.get(key))).reason).toBe("not-found");
}

/** What each operation refuses a key with. */
const refusals = async (key: { id: string; tenant: string }): Promise<StoreError[]> => [
  await failureOf(store.create(key)),
  await failureOf(store.upsert(key)),
  await failureOf(store.upsert(key, { ifMatch: "*" })),
  await failureOf(store.replace(key)),
  await failureOf(bulked(key)),
  await failureOf(store.get(key)),
  (await store.getMany([key]))[0]?.error as StoreError,
  await failureOf(store.patch(key, { set: { text: "c" } })),
  await failureOf(store.update(key, (item) => item)),
  await failureOf(store.delete(key)),
];

async function expectRefused(key: { id: string; tenant: string }, path: string): Promise<void> {
  const [first, ...others] = await refusals(key);
  expect(first?.reason).toBe("invalid");
  expect(new Set(first?.fields?.map((field) => field.path))).toEqual(new Set([path]));
  for (const { reason, message, fields } of others) {
    expect({ reason, message, fields }).toEqual({
      reason: "invalid",
      message: first?.message,
      fields: first?.fields,
    });
  }
}

const character = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ..."ab.:%&=+;,@$ ~'\"<>{}|^`[]()!*-_\0\t\n\r\u007f\u00a0\u3000\ufeff\u2028é☃😀",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: codePoint, minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom("/", "\\", "?", "#", "\ud800", "%2f", "..") },
);

test("an id that a write takes is read, listed, changed and deleted; any other is refused by all, alike", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: character, maxLength: 6 }), async (id) => {
      const key = { id, tenant: "t" };
      if (itemId.safeParse(id).success) await roundTrip(key);
      else await expectRefused(key, "id");
    }),
    { numRuns: 150 },
  );
});

test.each(["a".repeat(1_023), "é".repeat(511), "😀".repeat(255), "...", " a", "a\t", "%2e", "con"])(
  "the id %j is one",
  async (id) => roundTrip({ id, tenant: "t" }),
);

test.each(
  [
    "",
    ".",
    "..",
    "\t",
    "\n",
    "\u3000",
    "\u00a0",
    "\ufeff",
    " ",
    "a ",
    "a/b",
    "\\",
    "a?",
    "#",
    "\udc00",
  ].concat("a".repeat(1_024), "é".repeat(512)),
)("the id %j is none", async (id) => expectRefused({ id, tenant: "t" }, "id"));

test("a partition key has up to 2,048 bytes of valid Unicode, in items, keys and lists", async () => {
  for (const tenant of ["", ".", "/", " ", "a".repeat(2_048), "é".repeat(1_024), "\0"]) {
    await roundTrip({ id: "a", tenant });
  }
  for (const tenant of ["a".repeat(2_049), "é".repeat(1_025), "\ud800"]) {
    await expectRefused({ id: "a", tenant }, "tenant");
    expect(await failureOf(store.list({ pk: tenant }))).toMatchObject({ fields: [{ path: "pk" }] });
  }
});

test("what the schema makes of an id and of a partition key names the item, however it is asked for", async () => {
  const lower = defineContainer({
    id: "lower",
    partitionKey: "/tenant",
    schema: z.object({ id: z.string().toLowerCase(), tenant: z.string().trim(), n: z.number().default(0) }),
  });
  await ensureContainer(emulator.configuration(), lower, createCredential());
  const { store } = await openContainer(emulator.client(), "appdb", lower);
  const key = { id: "ABC", tenant: " acme " };
  await store.create(key);
  expect(await failureOf(store.create(key))).toMatchObject({ reason: "conflict" });
  const [many] = await store.getMany([key]);
  for (const item of [
    many?.item,
    (await store.get(key)).item,
    (await store.patch(key, { increment: { n: 1 } })).item,
    (await store.update(key, (read) => ({ ...read, id: "Abc" }))).item,
    (await store.list({ pk: " acme " })).items[0],
  ]) {
    expect(item).toMatchObject({ id: "abc", tenant: "acme" });
  }
  await store.delete(key);
  expect(await failureOf(store.get({ id: "abc", tenant: "acme" }))).toMatchObject({ reason: "not-found" });
});
