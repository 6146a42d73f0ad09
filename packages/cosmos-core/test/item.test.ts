import fc from "fast-check";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { codePoint } from "../../../vitest.codePoint.ts";
import {
  createCredential,
  ensureContainer,
  type Item,
  itemId,
  itemKey,
  itemPartitionKey,
  itemSchema,
  items,
  type Json,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { useEmulator } from "./runningEmulator.ts";

const size = (text: string): number => Buffer.byteLength(text);

/** The rules of an id, by the words of their messages. */
const rules: readonly (readonly [words: string, breaks: (id: string) => boolean])[] = [
  ["not valid Unicode", (id) => !id.isWellFormed()],
  ["must not be empty", (id) => id === ""],
  ["longer than 1023 bytes", (id) => size(id) > 1023],
  ["none of the characters", (id) => ["/", "\\", "?", "#"].some((character) => id.includes(character))],
  ["end with a space", (id) => id.endsWith(" ")],
  ["white space only", (id) => id !== "" && id.trim() === ""],
  ["must not be '.' or '..'", (id) => id === "." || id === ".."],
];

const odd = fc.constantFrom(
  ..." ./\\?#%+&=:;,'\"<>{}[]|~^`\t\n\r\0\u007f\u0080\u009b\u00e9\u2028\ufeff\ufffd",
);
const unit = fc.oneof(
  odd,
  fc.string({ unit: codePoint, minLength: 1, maxLength: 1 }),
  fc.constantFrom("a", "é", "💡"),
);
const anyText = fc.oneof(
  fc.string({ unit, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udfff", "a"), maxLength: 4 }),
  fc.tuple(fc.constantFrom("a", "é", "💡"), fc.integer({ min: 200, max: 1100 })).map(([c, n]) => c.repeat(n)),
  fc.constantFrom(".", "..", "...", "%2F", "%", "%zz", "%00", " a", "a b", "__proto__", "constructor"),
);

const isId = (text: string): boolean => itemId.safeParse(text).success;

describe("an id", () => {
  test("is refused for exactly the rules that it breaks, each named", () => {
    fc.assert(
      fc.property(anyText, (id) => {
        const said =
          itemId
            .safeParse(id)
            .error?.issues.map(({ message }) => message)
            .join("; ") ?? "";
        for (const [words, breaks] of rules) expect([id, said.includes(words)]).toEqual([id, breaks(id)]);
      }),
      { numRuns: 500 },
    );
  });

  test("is described to others by a pattern that says the same", () => {
    const { pattern = "" } = z.toJSONSchema(itemId, { io: "input" });
    const short = anyText.filter((id) => id.isWellFormed() && size(id) <= 1_023);
    fc.assert(
      fc.property(short, (id) => {
        expect([id, new RegExp(pattern, "u").test(id)]).toEqual([id, isId(id)]);
      }),
      { numRuns: 500 },
    );
  });

  test("has up to 1,023 bytes, counted as UTF-8", () => {
    expect(isId("x".repeat(1023))).toBe(true);
    expect(isId("x".repeat(1024))).toBe(false);
    expect(isId("é".repeat(511))).toBe(true);
    expect(isId("é".repeat(512))).toBe(false);
  });
});

test("a partition key has up to 2,048 bytes, counted as UTF-8", () => {
  expect(itemPartitionKey.safeParse("é".repeat(1024)).success).toBe(true);
  expect(itemPartitionKey.safeParse("é".repeat(1025)).success).toBe(false);
});

const json = fc
  .dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
  // As it comes over the wire: with `__proto__` as a property of its own.
  .map((data) => JSON.parse(JSON.stringify(data)) as { [name: string]: Json });

const itemInput = fc.record(
  {
    id: anyText.filter(isId),
    pk: fc.string({ unit, maxLength: 20 }),
    name: fc.string({ unit, maxLength: 20 }),
    tags: fc.array(fc.string({ unit, maxLength: 5 }), { maxLength: 3 }),
    data: json,
    ttl: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 2_147_483_647 })),
  },
  { requiredKeys: ["id"], noNullPrototype: true },
);

describe("the item schema", () => {
  test("fills in pk and name, and nothing else", () => {
    expect(itemSchema.parse({ id: "a" })).toEqual({ id: "a", pk: "a", name: "unnamed" });
    expect(itemKey.parse({ id: "a" })).toEqual({ id: "a", pk: "a" });
    expect(itemKey.parse({ id: "a", pk: "" })).toEqual({ id: "a", pk: "" });
  });

  test("changes nothing in what it has made", () => {
    fc.assert(
      fc.property(itemInput, (input) => {
        const once = itemSchema.parse(input);
        expect(JSON.stringify(itemSchema.parse(once))).toBe(JSON.stringify(once));
        expect(once).toMatchObject({ id: input.id, pk: input.pk ?? input.id, name: input.name ?? "unnamed" });
      }),
    );
  });

  test("names every field that is wrong, and every one that is unknown", () => {
    const wrong = { id: 5, pk: null, name: {}, tags: ["a", 1], data: [], ttl: 1.5, size: 1, colour: "red" };
    const issues = itemSchema.safeParse(wrong).error?.issues ?? [];
    const named = issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" ? issue.keys : issue.path.join("."),
    );
    expect(named.sort()).toEqual(["colour", "data", "id", "name", "pk", "size", "tags.1", "ttl"]);
  });

  test("refuses a field called __proto__ beside the others", () => {
    expect(itemSchema.safeParse(JSON.parse('{"id":"a","__proto__":{"name":"x"}}')).success).toBe(false);
  });

  test.each([0, -2, 1.5, 2_147_483_648, "60", null, Number.NaN])("refuses the ttl %j", (ttl) => {
    expect(itemSchema.safeParse({ id: "a", ttl }).success).toBe(false);
  });

  test("data nests up to 120 levels, and input of any depth is refused rather than crashed on", () => {
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`);
    const lists = (levels: number) => ({ a: JSON.parse("[".repeat(levels) + "]".repeat(levels)) });
    const isItem = (data: unknown) => itemSchema.safeParse({ id: "a", data }).success;
    expect([isItem(nested(120)), isItem(nested(121))]).toEqual([true, false]);
    expect([isItem(lists(119)), isItem(lists(120))]).toEqual([true, false]);
    expect(isItem(nested(100_000))).toBe(false);
  });

  test("data holds JSON and nothing else", () => {
    for (const value of [undefined, () => 1, 1n, Symbol("s"), Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(itemSchema.safeParse({ id: "a", data: { value } }).success).toBe(false);
    }
  });

  test("has the type of an item", () => {
    expectTypeOf<Item>().toMatchObjectType<{ id: string; pk: string; name: string }>();
    expectTypeOf<Item["tags"]>().toEqualTypeOf<string[] | undefined>();
    expectTypeOf<Item["ttl"]>().toEqualTypeOf<number | undefined>();
  });
});

describe("through the SDK, into the database and back", () => {
  const emulator = useEmulator();
  let store: Store<TypesOf<typeof items>>;

  beforeAll(async () => {
    await ensureContainer(emulator.configuration(), items, createCredential());
    ({ store } = await openContainer(emulator.client(), "appdb", items));
  });

  async function roundTrip(input: object): Promise<void> {
    const item = itemSchema.parse(input);
    const written = await store.upsert(item);
    const read = await store.get(item);
    expect(read.item).toEqual(written.item);
    const { _etag, _ts, ...rest } = read.item;
    // As text: `__proto__` as a property of its own is invisible to most comparisons.
    expect(sorted(rest)).toBe(sorted(item));
  }

  const sorted = (value: object): string =>
    JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));

  test("every id that the schema accepts is the same afterwards", async () => {
    await fc.assert(
      fc.asyncProperty(anyText.filter(isId), (id) => roundTrip({ id })),
      { numRuns: 150 },
    );
  });

  test("and so is every item", async () => {
    await fc.assert(fc.asyncProperty(itemInput, roundTrip), { numRuns: 100 });
  });

  test("properties called __proto__ and the deepest data survive", async () => {
    const data = '{"__proto__":{"a":{"__proto__":[1]}},"constructor":null}';
    await roundTrip({ id: "proto", data: JSON.parse(data) });
    expect(JSON.stringify((await store.get({ id: "proto", pk: "proto" })).item.data)).toBe(data);
    await roundTrip({ id: "deep", data: JSON.parse(`${'{"a":'.repeat(119)}{}${"}".repeat(119)}`) });
  });

  test("the longest id and partition key are kept", async () => {
    await roundTrip({ id: "💡".repeat(255), pk: "é".repeat(1024) });
    await roundTrip({ id: "%".repeat(1023) });
  });
});
