import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { codePoint } from "../../../vitest.codePoint.ts";
import { jsonBytes, jsonBytesAtMost } from "../src/definition/jsonBytes.ts";
import {
  createCredential,
  ensureContainer,
  items,
  maxGetManyBytes,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 2 });
let store: Store<TypesOf<typeof items>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", items));
});

const key = (id: string) => ({ id, pk: id });

const put = (id: string, characters: number) =>
  store.upsert({ ...key(id), name: "large", data: { text: "x".repeat(characters) } });

const bytesOf = (answers: Awaited<ReturnType<typeof store.getMany>>): number =>
  answers.reduce((sum, { item }) => sum + (item === undefined ? 0 : jsonBytes(item)), 0);

describe("the items of one call have a bound", () => {
  test("of 16 MB; the keys that are left can be asked for again", async () => {
    const ids = Array.from({ length: 24 }, (_, n) => `large-${n}`);
    for (const id of ids) await put(id, 1_000_000);
    const found = new Set<string>();
    let calls = 0;
    for (let left = ids; left.length > 0; calls += 1) {
      const answers = await store.getMany(left.map(key));
      expect(answers).toHaveLength(left.length);
      expect(bytesOf(answers)).toBeLessThanOrEqual(maxGetManyBytes);
      for (const [at, { item, error }] of answers.entries()) {
        if (error !== undefined) expect(error).toMatchObject({ reason: "too-large" });
        else expect(item.id).toBe(left[at]);
      }
      left = left.filter((_, at) => answers[at]?.item === undefined);
      for (const { item } of answers) if (item !== undefined) found.add(item.id);
    }
    expect(found).toEqual(new Set(ids));
    expect(calls).toBe(2);
  });

  test("that counts a key as often as it is asked for", async () => {
    await put("again", 1_000_000);
    const answers = await store.getMany(Array.from({ length: 1_000 }, () => key("again")));
    expect(answers).toHaveLength(1_000);
    expect(bytesOf(answers)).toBeLessThanOrEqual(maxGetManyBytes);
    expect(answers.filter(({ item }) => item !== undefined)).toHaveLength(16);
    const refused = answers.filter(({ item }) => item === undefined);
    expect(new Set(refused.map(({ error }) => error?.reason))).toEqual(new Set(["too-large"]));
  });

  test("that the call may set; small items all come, missing and wrong keys have their own answers", async () => {
    await Promise.all(["s1", "s2", "s3"].map((id) => put(id, 100)));
    const keys = [key("s1"), key("none"), { id: "wrong" } as never, key("s2"), key("s3")];
    const reasons = (answers: Awaited<ReturnType<typeof store.getMany>>) =>
      answers.map(({ item, error }) => item?.id ?? error?.reason);
    const all = ["s1", "not-found", "invalid", "s2", "s3"];
    expect(reasons(await store.getMany(keys))).toEqual(all);
    const { item } = await store.get(key("s1"));
    expect(reasons(await store.getMany(keys, { maxBytes: 3 * jsonBytes(item) }))).toEqual(all);
    for (const maxBytes of [1, 2 * jsonBytes(item)]) {
      const answers = await store.getMany([key("s1"), key("s1"), key("s1")], { maxBytes });
      expect(answers.filter((answer) => answer.item !== undefined)).toHaveLength(maxBytes === 1 ? 1 : 2);
    }
    for (const maxBytes of [0, -1, 1.5, Number.NaN, "5" as never]) {
      expect((await failureOf(store.getMany(keys, { maxBytes }))).fields?.[0]?.path).toBe("maxBytes");
    }
  });
});

test("a key that is asked for twice is read once, and each answer is an item of its own", async () => {
  await put("twice", 10);
  const [first, second] = await store.getMany([key("twice"), key("twice")]);
  expect([first?.requestCharge, second?.requestCharge]).toEqual([1, 0]);
  expect(second?.item).toEqual(first?.item);
  if (first?.item?.data !== undefined) first.item.data["text"] = "mine";
  expect(second?.item?.data?.["text"]).toBe("x".repeat(10));
  const [none, again] = await store.getMany([key("none"), key("none")]);
  expect([none?.error?.reason, again?.error?.reason]).toEqual(["not-found", "not-found"]);
  expect(again?.requestCharge).toBe(0);
});

test("no JSON has more bytes than it is thought to have at most", () => {
  const text = fc.string({ unit: codePoint });
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(text, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (one) => {
      expect(jsonBytes(one)).toBeLessThanOrEqual(jsonBytesAtMost(one));
    }),
    { numRuns: 2_000 },
  );
});
