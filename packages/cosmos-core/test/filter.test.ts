import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  type Filter,
  filterLimits,
  filterSchema,
  type Item,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { holds } from "./naiveFilter.ts";
import { orders } from "./orders.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 2 });
let store: Store<TypesOf<typeof items>>;
let stored: Item[];

const words = [
  "",
  "a",
  "A",
  "ab",
  "b",
  "é",
  "💡",
  "\ufffd",
  "it's",
  '"',
  "\\",
  "\u2028",
  "%",
  "_",
  "null",
  "@p0",
];
const word = fc.constantFrom(...words);
const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 1e21, Number.MAX_SAFE_INTEGER);
const scalar = fc.oneof(word, number, fc.boolean(), fc.constant(null));
const names = ["n", "list", "deep", "a.b", "and", "'", '"]', "__proto__"];
const value = fc.oneof(
  scalar,
  fc.array(fc.oneof(scalar, fc.dictionary(fc.constantFrom("n", "m"), scalar)), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("n", "x"), scalar, { maxKeys: 2 }),
);
const data = fc
  .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 })
  .map((entries) =>
    JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`),
  );
const itemWithout = fc.record(
  { name: word, tags: fc.array(word, { maxLength: 3 }), data, ttl: fc.constantFrom(1_000_000, 2_000_000) },
  { requiredKeys: ["name"] },
);

const text = {
  eq: word,
  ne: word,
  lt: word,
  lte: word,
  gt: word,
  gte: word,
  contains: word,
  startsWith: word,
};
const numeric = { eq: number, ne: number, lt: number, lte: number, gt: number, gte: number };
const conditions = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ ...fields, exists: fc.boolean() }, { requiredKeys: [] });
const anyConditions = conditions({
  ...text,
  eq: scalar,
  ne: scalar,
  lt: fc.oneof(word, number),
  gte: fc.oneof(word, number),
  in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  contains: fc.oneof(scalar, fc.dictionary(fc.constantFrom("n", "m"), scalar, { minKeys: 1 })),
});
const openPath = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 2 })
  .map((path) => `/data/${path.join("/")}`);
const field = fc.oneof(
  fc.record({ name: conditions({ ...text, in: fc.array(word, { minLength: 1, maxLength: 3 }) }) }),
  fc.record({ tags: conditions({ contains: word }) }),
  fc.record({ ttl: conditions(numeric) }),
  fc.tuple(openPath, anyConditions).map(([path, asked]) => ({ [path]: asked })),
  fc.record({ "data.n": anyConditions }),
);
const filters = fc
  .letrec((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      field,
      fc.record({ and: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ or: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie("filter") }),
      fc.tuple(field, fc.record({ not: tie("filter") })).map(([one, other]) => ({ ...one, ...other })),
    ),
  }))
  .filter.filter((filter) => conditionsIn(filter) <= filterLimits.maxConditions) as fc.Arbitrary<
  Filter<Item>
>;

/** How many conditions a filter has: the size of its objects that are no filters. */
function conditionsIn(filter: unknown): number {
  return Object.entries(filter as object).reduce((sum, [name, part]) => {
    if (name === "not") return sum + conditionsIn(part);
    if (name === "and" || name === "or")
      return sum + (part as unknown[]).map(conditionsIn).reduce((a, b) => a + b);
    return sum + Object.keys(part as object).length;
  }, 0);
}

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), items, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", items));
  stored = fc.sample(itemWithout, 120).map((one, n) => ({ ...one, id: `i${n}`, pk: `p${n % 7}` }) as Item);
  await Promise.all(stored.map((one) => store.upsert(one)));
});

const found = async (where: unknown): Promise<string[]> => {
  const { items: page } = await store.list({ where: where as Filter<Item>, limit: 1_000 });
  return page.map(({ id }) => id).sort();
};

describe("a filter", () => {
  test("finds just the items for which it holds", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (where) => {
        const wanted = stored.filter((one) => holds(where, one)).map(({ id }) => id);
        expect(await found(where)).toEqual(wanted.sort());
      }),
      { numRuns: 400 },
    );
  });

  test("of a patch holds for the same items", async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.nat(stored.length - 1), async (where, at) => {
        const one = stored[at] as Item;
        const patched = store.patch(one, { set: { name: one.name } }, { where });
        const outcome = await patched.then(
          () => true,
          (error: { reason?: string }) => (error.reason === "precondition-failed" ? false : error),
        );
        expect(outcome).toBe(holds(where, one));
      }),
      { numRuns: 150 },
    );
  });

  test("on the time of the last write counts in seconds", async () => {
    const { _ts: at } = (await store.get({ id: "i0", pk: "p0" })).item;
    const [before, after] = [at - 1, at + 1];
    const on = { id: { eq: "i0" } };
    expect(await found({ ...on, _ts: { gt: before, lt: after, eq: at } })).toEqual(["i0"]);
    expect(await found({ ...on, _ts: { gte: after } })).toEqual([]);
    expect(await found({ ...on, _ts: { in: [before, at] } })).toEqual(["i0"]);
  });

  test("that says nothing holds for all", async () => {
    expect(await found({})).toHaveLength(stored.length);
    expect(await found(undefined)).toHaveLength(stored.length);
    expect(await found({ name: {} })).toHaveLength(stored.length);
  });
});

const injections = [
  `" OR 1=1 --`,
  `' OR '1'='1`,
  `"]) OR true OR IS_DEFINED(c["x`,
  `a"] = c["id`,
  "*/ OR /*",
  "\\",
  `\\" OR 1=1 --`,
  "\u2028OR 1=1",
  "@p0",
  "c.id",
];

describe("injection", () => {
  test.each(injections)("in a value is a value: %j", async (attempt) => {
    for (const asked of [
      { eq: attempt },
      { contains: attempt },
      { startsWith: attempt },
      { in: [attempt] },
    ]) {
      const wanted = stored.filter((one) => holds({ name: asked } as Filter<Item>, one));
      expect(await found({ name: asked })).toEqual(wanted.map(({ id }) => id).sort());
    }
  });

  test.each(injections)("in a name below data is a name: %j", async (attempt) => {
    const pointer = `/data/${attempt.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    expect(await found({ [pointer]: { exists: true } })).toEqual([]);
    const id = "named";
    await store.upsert({ id, pk: id, name: "named", data: { [attempt]: 1 } });
    expect(await found({ [pointer]: { eq: 1 } })).toEqual([id]);
    await store.delete({ id, pk: id });
  });

  test.each(injections)("in any other name is refused: %j", async (attempt) => {
    const failure = await failureOf(found({ [attempt]: { eq: 1 } }) as Promise<unknown>);
    expect(failure.reason).toBe("invalid");
  });

  test.each(injections)("in place of an operator is refused: %j", async (attempt) => {
    const failure = await failureOf(found({ name: { [attempt]: "a" } }) as Promise<unknown>);
    expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: `where.name.${attempt}` }] });
  });
});

describe("a filter from outside", () => {
  const schema = filterSchema(items);
  const problems = (filter: unknown) =>
    (schema.safeParse(filter).error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  test("is refused with every wrong field named", () => {
    const wrong = {
      size: { eq: 1 },
      name: { eq: 5, is: "a", exists: "yes" },
      tags: { eq: "a" },
      ttl: { startsWith: "1" },
      etag: { eq: "x" },
      pk: "a",
      or: [{ name: { in: [] } }, 5],
      not: { "data.x": { contains: [1] } },
      _ts: { gt: "yesterday" },
    };
    expect(problems(wrong).map((problem) => problem.split(":")[0])).toEqual([
      "size",
      "name.eq",
      "name.is",
      "name.exists",
      "tags.eq",
      "ttl.startsWith",
      "etag",
      "pk",
      "or.0.name.in",
      "or.1",
      "not.data.x.contains",
      "_ts.gt",
    ]);
  });

  test("is bounded in depth, breadth and size", () => {
    const nested = (levels: number): object =>
      levels === 0 ? { name: { eq: "a" } } : { not: nested(levels - 1) };
    expect(problems(nested(filterLimits.maxDepth))).toEqual([]);
    expect(problems(nested(filterLimits.maxDepth + 1))).toHaveLength(1);
    expect(problems(JSON.parse(`${'{"not":'.repeat(5_000)}{}${"}".repeat(5_000)}`))).toHaveLength(1);
    const broad = (count: number) => ({ or: Array.from({ length: count }, () => ({ name: { eq: "a" } })) });
    expect(problems(broad(filterLimits.maxConditions))).toEqual([]);
    expect(problems(broad(filterLimits.maxConditions + 1))).toHaveLength(1);
    const wide = (count: number) => ({
      and: [broad(count), broad(count)],
    });
    expect(problems(wide(filterLimits.maxConditions / 2))).toEqual([]);
    expect(problems(wide(filterLimits.maxConditions / 2 + 1))).toHaveLength(1);
    const many = (count: number) => ({ name: { in: Array.from({ length: count }, String) } });
    expect(problems(many(filterLimits.maxValues))).toEqual([]);
    expect(problems(many(filterLimits.maxValues + 1))).toHaveLength(1);
    const long = (length: number) => ({ name: { eq: "x".repeat(length) } });
    expect(problems(long(filterLimits.maxStringLength))).toEqual([]);
    expect(problems(long(filterLimits.maxStringLength + 1))).toHaveLength(1);
    expect(problems({ [`data.${"x".repeat(2_000)}`]: { eq: 1 } })).toHaveLength(1);
    expect(problems({ [`data${".x".repeat(40)}`]: { eq: 1 } })).toHaveLength(1);
    expect(problems({ name: { eq: "\ud800" } })).toHaveLength(1);
  });

  test.each([null, 5, "name", [], [{}], true])("is an object: %j is refused", (filter) => {
    expect(problems(filter)).toHaveLength(1);
  });

  test("may name arrays of objects, enums and nested fields of a schema", () => {
    const of = filterSchema(orders);
    const good: Filter<Parameters<typeof of.parse>[0]> = {};
    expect(of.safeParse(good).success).toBe(true);
    const deep = {
      status: { in: ["open", "paid"] },
      "address.city": { startsWith: "U" },
      lines: { contains: { sku: "a" } },
      note: { eq: null },
      customer: { gte: 3 },
    };
    expect(of.safeParse(deep).success).toBe(true);
    expect(of.safeParse({ "address.street": { eq: "x" } }).success).toBe(false);
    expect(of.safeParse({ "lines.sku": { eq: "x" } }).success).toBe(false);
    expect(of.safeParse({ total: { eq: "10" } }).success).toBe(false);
    expect(of.safeParse({ status: { eq: null } }).success).toBe(false);
  });
});
