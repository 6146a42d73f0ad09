import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  items,
  openContainer,
  type Store,
  type StoreError,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

const definition = defineContainer({
  id: "hostile",
  partitionKey: "/id",
  schema: z.looseObject({
    id: z.string(),
    n: z.number().max(10).optional(),
    strict: z.strictObject({ a: z.number().optional() }).optional(),
    open: z.looseObject({}).optional(),
    map: z.record(z.string(), z.unknown()).optional(),
    rest: z.object({}).catchall(z.number()).optional(),
    thrown: z
      .string()
      .transform((text) => decodeURIComponent(text))
      .optional(),
  }),
});

/** The same container, of a program that knows one field more of `strict`, and lets more into `n`. */
const newer = defineContainer({
  id: "hostile",
  partitionKey: "/id",
  schema: z.looseObject({ id: z.string(), n: z.unknown().optional(), strict: z.unknown().optional() }),
});

const told: StoreError[] = [];
let store: Store<TypesOf<typeof definition>>;
let others: Store<TypesOf<typeof newer>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), definition, createCredential());
  const client = emulator.client();
  const onUnfit = (error: StoreError): void => void told.push(error);
  ({ store } = await openContainer(client, "appdb", definition, { onUnfit }));
  ({ store: others } = await openContainer(client, "appdb", newer));
});

const outcomes = async (inputs: readonly unknown[]) => {
  const errors: (StoreError | undefined)[] = [];
  for await (const { error } of store.bulk(inputs as { id: string }[])) errors.push(error);
  return errors;
};

describe("a bulk write", () => {
  test("has an outcome for an item with a very long row of unknown names", async () => {
    const strict = Object.fromEntries(Array.from({ length: 130_000 }, (_, at) => [`n${at}`, 1]));
    const [first, many, last] = await outcomes([{ id: "first" }, { id: "many", strict }, { id: "last" }]);
    expect([first, last]).toEqual([undefined, undefined]);
    expect(many).toMatchObject({ reason: "invalid" });
    expect(many?.fields).toHaveLength(50);
    expect(many?.message).toContain("; and 129950 more");
  });

  test("has an outcome for an item whose check throws", async () => {
    const [broken, whole] = await outcomes([
      { id: "broken", thrown: "%" },
      { id: "whole", thrown: "%41" },
    ]);
    expect(broken).toMatchObject({ reason: "misconfigured", code: "schema-broken" });
    expect(whole).toBeUndefined();
    expect((await store.get({ id: "whole" })).item.thrown).toBe("A");
  });
});

describe("a field called __proto__", () => {
  test.each([
    ['{"id":"p","__proto__":1}', "__proto__"],
    ['{"id":"p","open":{"__proto__":{}}}', "open.__proto__"],
    ['{"id":"p","map":{"__proto__":1}}', "map.__proto__"],
    ['{"id":"p","rest":{"__proto__":1}}', "rest.__proto__"],
  ])("of %s is refused and not left out", async (text, path) => {
    const failure = await failureOf(store.upsert(JSON.parse(text)));
    expect(failure).toMatchObject({
      reason: "invalid",
      fields: [{ path, message: expect.stringMatching(/^cannot be stored/) }],
    });
    expect(await outcomes([JSON.parse(text)])).toMatchObject([{ fields: [{ path }] }]);
  });

  test.each([
    ['{"set":{"__proto__":1}}', "set.__proto__"],
    ['{"append":{"__proto__":1}}', "append.__proto__"],
    ['{"increment":{"__proto__":1}}', "increment.__proto__"],
    ['{"set":{"open":{"__proto__":1}}}', "set.open"],
  ])("of the patch %s is refused", async (text, path) => {
    await store.upsert({ id: "p" });
    const failure = await failureOf(store.patch({ id: "p" }, JSON.parse(text)));
    expect(failure).toMatchObject({
      fields: [{ path, message: expect.stringContaining("cannot be stored") }],
    });
  });

  test("that was stored by others stays", async () => {
    await store.upsert({ id: "stays" });
    await store.patch({ id: "stays" }, { set: { "/__proto__": 1 } } as never);
    await store.update({ id: "stays" }, (item) => ({ ...item, n: 1 }));
    const { item } = await store.get({ id: "stays" });
    expect(Object.getOwnPropertyDescriptor(item, "__proto__")?.value).toBe(1);
  });
});

describe("what is larger than it may be", () => {
  test("is refused before the schema sees it", async () => {
    const failure = await failureOf(
      store.upsert({ id: "large", open: { list: new Array(2_000_000).fill(1) } }),
    );
    expect(failure).toMatchObject({ reason: "too-large" });
  });

  test("is counted in a patch before its paths are compared", async () => {
    const set = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`open.n${at}`, 1]));
    const failure = await failureOf(store.patch({ id: "a" }, { set } as never));
    expect(failure.fields).toEqual([{ path: "set", message: "makes 20000 changes, at most 10 are allowed" }]);
  });

  const row = (length: number, part: unknown) => Array.from({ length }, () => part);

  test("is counted in a filter, which is read no further", async () => {
    const empty = { and: row(100, { or: row(100, { and: row(100, {}) }) }) };
    expect((await failureOf(store.list({ where: empty as never }))).fields).toEqual([
      { path: "where", message: "has more than 1000 filters, fields and conditions" },
    ]);
    const { store: ofItems } = await openItems();
    const unknown = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`n${at}`, { eq: 1 }]));
    expect((await failureOf(ofItems.list({ where: unknown as never }))).fields).toHaveLength(50);
  });

  test("is a filter too, by the length of its query", async () => {
    const where = {
      "/open/a": { in: row(100, "x".repeat(4_000)) },
      "/open/b": { in: row(100, "x".repeat(4_000)) },
    };
    for (const refused of [
      store.list({ where: where as never }),
      store.patch({ id: "a" }, { set: { n: 1 } }, { where: where as never }),
    ]) {
      const failure = await failureOf(refused);
      expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: "where" }] });
      expect(failure.message).toMatch(/makes a query of \d+ bytes, at most 524288 are allowed/);
    }
  });

  test("is an increment past the whole numbers of a double", async () => {
    await store.upsert({ id: "sum", n: 1 });
    const failure = await failureOf(store.patch({ id: "sum" }, { increment: { "/n": 2 ** 53 } }));
    expect(failure.fields).toMatchObject([{ path: "increment./n" }]);
  });

  test("is a thousand tags", async () => {
    const { store: ofItems } = await openItems();
    expect(await failureOf(ofItems.upsert({ id: "tags", tags: row(1_001, "a") as string[] }))).toMatchObject({
      fields: [{ path: "tags" }],
    });
    await ofItems.upsert({ id: "tags", tags: row(1_000, "a") as string[] });
  });
});

async function openItems() {
  await ensureContainer(emulator.configuration(), items, createCredential());
  return openContainer(emulator.client(), "appdb", items);
}

describe("what others wrote", () => {
  test.each(["abc", {}, 0, 1.5, null, "2"])("with the version %j is unfit", async (version) => {
    await writeVersion(version);
    const failure = await failureOf(store.get({ id: "versioned" }));
    expect(failure).toMatchObject({ reason: "misconfigured", code: "item-unfit" });
    expect(failure.message).toContain(
      `has the _schemaVersion ${JSON.stringify(version)}, which is no version`,
    );
  });

  /** No store writes a version that is none. */
  const writeVersion = (version: unknown) =>
    emulator
      .client()
      .database("appdb")
      .container("hostile")
      .items.upsert({ id: "versioned", _schemaVersion: version });

  test("is not named to whoever patches it, and the operator is told", async () => {
    await others.upsert({ id: "hidden", n: 1, strict: { a: "no number", secret: 1 } });
    told.length = 0;
    const failure = await failureOf(store.patch({ id: "hidden" }, { set: { n: 2 } }));
    expect(failure).toMatchObject({ reason: "invalid", code: "item-unfit", fields: [] });
    expect(failure.message).toMatch(/^The patch was made, and the item does not fit its schema/);
    expect(failure.message).not.toMatch(/strict|secret/);
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringContaining("strict.a: has to be a number"),
    ]);

    const own = await failureOf(store.patch({ id: "hidden" }, { increment: { "/n": 100 } }));
    expect(own).toMatchObject({ code: "item-unfit", fields: [{ path: "n" }] });
    expect(own.message).not.toMatch(/strict|secret/);
  });

  test("is kept by an update, and refused where it is written anew", async () => {
    await others.upsert({ id: "kept", strict: { a: 1, secret: 1 } });
    await store.update({ id: "kept" }, (item) => ({ ...item, n: 3 }));
    expect((await others.get({ id: "kept" })).item).toMatchObject({ n: 3, strict: { a: 1, secret: 1 } });
    const { item } = await store.get({ id: "kept" });
    expect((await failureOf(store.upsert(item))).fields).toMatchObject([{ path: "strict.secret" }]);
  });
});
