import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

let calls = 0;

const counted = defineContainer({
  id: "counted",
  partitionKey: "/id",
  schema: z.object({
    id: z.string(),
    name: z.string().transform((name) => {
      calls += 1;
      return name.trim();
    }),
    level: z.int().min(0).default(1),
    note: z.string().optional(),
    any: z.unknown().optional(),
    tags: z.array(z.string()).max(100).optional(),
  }),
});

type Types = TypesOf<typeof counted>;

const emulator = useEmulator();
let store: Store<Types>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), counted, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", counted));
});

/** Each way to write an item, from outside the types too. */
const writes: Readonly<Record<string, (item: Types["input"]) => Promise<unknown>>> = {
  async create(item) {
    await store.delete(item).catch(() => undefined);
    return (await store.create(item)).item;
  },
  upsert: async (item) => (await store.upsert(item)).item,
  "upsert over a version": async (item) => (await store.upsert(item, { ifMatch: "*" })).item,
  replace: async (item) => (await store.replace(item)).item,
  update: async (item) => (await store.update(item, () => item)).item,
  async bulk(item) {
    for await (const { error } of store.bulk([item])) if (error !== undefined) throw error;
    return (await store.get(item)).item;
  },
};

const names = Object.keys(writes);
const write = (name: string, item: object): Promise<unknown> =>
  writes[name]?.(item as Types["input"]) as never;

describe.each(names)("%s applies the schema", (name) => {
  beforeAll(() => store.upsert({ id: "a", name: "there" }));

  test("so that its defaults and transforms are stored", async () => {
    const written = await write(name, { id: "a", name: " Ada ", unknown: 1 });
    expect(written).toEqual({
      id: "a",
      name: "Ada",
      level: 1,
      _etag: expect.any(String),
      _ts: expect.any(Number),
    });
  });

  test("and refuses what breaks it, every field named, and writes nothing", async () => {
    await write(name, { id: "a", name: "kept" });
    const tags = Array.from({ length: 80 }, () => 1);
    const failure = await failureOf(write(name, { id: "a", name: 5, level: -1, tags }));
    expect(failure.reason).toBe("invalid");
    expect(failure.message).toMatch(/^name has to be a string; /);
    expect(failure.fields).toHaveLength(50);
    expect(failure.fields?.slice(0, 2).map(({ path }) => path)).toEqual(["name", "level"]);
    if (name !== "create") expect((await store.get({ id: "a" })).item.name).toBe("kept");
  });

  test.each([
    ["a Date", new Date(0), "any", "is a Date, which JSON has not"],
    ["a Map", { deep: [new Map()] }, "any.deep.0", "is a Map, which JSON has not"],
    ["a class's object", { deep: new URL("http://a") }, "any.deep", "is a URL, which JSON has not"],
    ["a bigint", [1n], "any.0", "is a bigint, which JSON has not"],
    ["a function", { f: () => 1 }, "any.f", "is a function, which JSON has not"],
    ["a symbol", Symbol("s"), "any", "is a symbol, which JSON has not"],
    ["NaN", { n: Number.NaN }, "any.n", "is NaN, which is no number of JSON"],
    ["Infinity", Number.POSITIVE_INFINITY, "any", "is Infinity, which is no number of JSON"],
    ["undefined in an array", [undefined], "any.0", "is undefined, which JSON has not"],
    ["half a pair", { a: "\ud800" }, "any.a", "has half a surrogate pair: it is not valid Unicode"],
  ])("and takes no %s where it lets anything stand", async (_, any, path, message) => {
    const failure = await failureOf(write(name, { id: "a", name: "a", any }));
    expect(failure).toMatchObject({ reason: "invalid", fields: [{ path, message }] });
  });

  test("and takes no depth that JSON of the service has not", async () => {
    let any: object = {};
    for (let depth = 0; depth < 100_000; depth += 1) any = { any };
    const failure = await failureOf(write(name, { id: "a", name: "a", any }));
    expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: "any" }] });
  });
});

test.each(names.filter((name) => name !== "update" && name !== "bulk"))(
  "%s applies it once",
  async (name) => {
    await store.upsert({ id: "once", name: "once" });
    calls = 0;
    await write(name, { id: "once", name: " x " });
    expect(calls).toBe(1);
  },
);

test("what a schema's own functions do wrong is told as the server's fault", async () => {
  const broken = defineContainer({
    id: "broken",
    partitionKey: "/id",
    schema: z.object({
      id: z.string(),
      late: z
        .string()
        .refine(async () => true)
        .optional(),
      thrown: z
        .string()
        .refine(() => {
          throw new Error("a bug");
        })
        .optional(),
    }),
  });
  await ensureContainer(emulator.configuration(), broken, createCredential());
  const { store: of } = await openContainer(emulator.client(), "appdb", broken);
  expect(await failureOf(of.upsert({ id: "a", late: "x" }))).toMatchObject({
    reason: "misconfigured",
    message: expect.stringContaining("asynchronous"),
  });
  expect(await failureOf(of.upsert({ id: "a", thrown: "x" }))).toMatchObject({
    reason: "misconfigured",
    message: expect.stringContaining("a bug"),
  });
});

describe("a name that zod leaves out silently", () => {
  const definition = defineContainer({
    id: "loose",
    partitionKey: "/id",
    schema: z.looseObject({ id: z.string(), scores: z.record(z.string(), z.unknown()).optional() }),
  });

  test.each([
    ['{"id":"a","__proto__":{"x":1}}', "__proto__"],
    ['{"id":"a","scores":{"__proto__":1}}', "scores.__proto__"],
    ['{"id":"a","scores":{"b":{"__proto__":1}}}', undefined],
  ])("%s", async (text, path) => {
    await ensureContainer(emulator.configuration(), definition, createCredential());
    const loose = (await openContainer(emulator.client(), "appdb", definition)).store;
    const writing = loose.upsert(JSON.parse(text));
    if (path === undefined) {
      expect(JSON.stringify((await writing).item)).toContain(text.slice(0, -1));
    } else {
      expect(await failureOf(writing)).toMatchObject({ reason: "invalid", fields: [{ path }] });
    }
  });
});
