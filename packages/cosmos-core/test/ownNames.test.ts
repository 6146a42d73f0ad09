import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { useEmulator } from "./runningEmulator.ts";

/** Names that a store, an option or a request uses for something of its own. */
const names = [
  ...["etag", "updatedAt", "ifMatch", "where", "patch", "pk", "subject", "cursor", "limit", "item", "key"],
  ...[
    "set",
    "remove",
    "and2",
    "eq",
    "in",
    "exists",
    "c",
    "value",
    "order",
    "requestCharge",
    "error",
    "signal",
  ],
  ...["_id", "_version", "__typename", "length", "schemaVersion"],
] as const;

const fields = Object.fromEntries(names.map((name) => [name, z.string().optional()])) as Record<
  (typeof names)[number],
  z.ZodOptional<z.ZodString>
>;

const emulator = useEmulator();

const named = defineContainer({
  id: "named",
  partitionKey: "/ifMatch",
  schema: z.strictObject({ id: z.string(), ...fields, ifMatch: z.string() }),
});

type Named = z.output<typeof named.schema>;

let store: Store<TypesOf<typeof named>>;

beforeAll(async () => {
  await ensureContainer(emulator.configuration(), named, createCredential());
  ({ store } = await openContainer(emulator.client(), "appdb", named));
});

const full = (id: string, value = id): Named => ({
  id,
  ...(Object.fromEntries(names.map((name) => [name, value])) as { ifMatch: string }),
  ifMatch: "p",
});

const bare = ({ _etag, _ts, ...item }: Named & { _etag: string; _ts: number }): object => item;

describe("fields with the names that a store uses itself", () => {
  const key = (id: string) => ({ id, ifMatch: "p" });

  test("are written and read by every operation", async () => {
    expect(bare((await store.create(full("a"))).item)).toEqual(full("a"));
    expect(bare((await store.upsert(full("a", "b"))).item)).toEqual(full("a", "b"));
    expect(bare((await store.replace(full("a", "c"))).item)).toEqual(full("a", "c"));
    const updated = await store.update(key("a"), (item) => ({ ...item, ...full("a", "d") }));
    expect(bare(updated.item)).toEqual(full("a", "d"));
    for await (const { error } of store.bulk([full("bulk")])) expect(error).toBeUndefined();
    expect(bare((await store.get(key("bulk"))).item)).toEqual(full("bulk"));
    const [many] = await store.getMany([key("a")]);
    expect(many?.item && bare(many.item)).toEqual(full("a", "d"));
    for await (const { items } of store.changes({ follow: false })) {
      for (const item of items) expect(Object.keys(bare(item)).sort()).toEqual(["id", ...names].sort());
    }
  });

  test.each(names.filter((name) => name !== "ifMatch"))(
    "%s is patched, filtered and ordered",
    async (name) => {
      await store.upsert(full(name, "old"));
      const { item } = await store.patch(key(name), { set: { [name]: "new" } });
      expect(item[name]).toBe("new");
      const found = await store.list({ where: { [name]: { eq: "new" } }, orderBy: [[name, "desc"]] });
      expect(found.items.map(({ id }) => id)).toEqual([name]);
      const removed = await store.patch(key(name), { remove: [name] });
      expect(Object.hasOwn(removed.item, name)).toBe(false);
    },
  );
});

test.each(["and", "or", "not", "a.b", "/a", "a/b", "~1", " ", "é", '"', "constructor"])(
  "a field called %j is reached by a JSON pointer",
  async (name) => {
    const definition = defineContainer({
      id: `pointed-${Buffer.from(name).toString("hex")}`,
      partitionKey: "/id",
      schema: z.strictObject({ id: z.string(), ...({ [name]: z.string() } as object) }),
    });
    await ensureContainer(emulator.configuration(), definition, createCredential());
    const { store: of } = await openContainer(emulator.client(), "appdb", definition);
    const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` as const;
    const [one, two] = [
      { id: "one", [name]: "a" },
      { id: "two", [name]: "b" },
    ];
    await of.create(one as never);
    await of.create(two as never);
    const patched = await of.patch({ id: "one" }, { set: { [pointer]: "c" } } as never);
    expect(patched.item).toMatchObject({ [name]: "c" });
    const listed = await of.list({
      where: { [pointer]: { in: ["b", "c"] } } as never,
      orderBy: [[pointer, "desc"]] as never,
    });
    expect(listed.items.map(({ id }) => id)).toEqual(["one", "two"]);
    expect(await of.update({ id: "two" }, (item) => ({ ...item, [name]: "d" }) as never)).toMatchObject({
      item: { [name]: "d" },
    });
  },
);

describe("what the service keeps", () => {
  const sent = { _rid: "x", _self: "x", _etag: '"old"', _ts: 1, _attachments: "x", _lsn: 9 };

  test("may stand in what is written, and is ignored, on every way", async () => {
    const item = { ...full("kept"), ...sent };
    const answers = [
      await store.create(item),
      await store.upsert(item),
      await store.replace(item),
      await store.update({ id: "kept", ifMatch: "p" }, (old) => ({ ...old, ...sent })),
    ];
    for await (const { error, _etag } of store.bulk([item])) {
      expect(error).toBeUndefined();
      expect(_etag).toMatch(/^".+"$/);
    }
    for (const { item: answer } of answers) {
      expect(bare(answer)).toEqual(full("kept"));
      expect(answer._ts).toBeGreaterThan(1_700_000_000);
      expect(answer._etag).not.toBe('"old"');
    }
  });

  test("below the item's root is the user's", async () => {
    const nested = defineContainer({
      id: "nested",
      partitionKey: "/id",
      schema: z.looseObject({
        id: z.string(),
        data: z.strictObject({ _etag: z.string(), _ts: z.number(), _schemaVersion: z.number() }),
      }),
    });
    await ensureContainer(emulator.configuration(), nested, createCredential());
    const { store: open } = await openContainer(emulator.client(), "appdb", nested);
    const data = { _etag: "mine", _ts: 5, _schemaVersion: 7 };
    expect((await open.upsert({ id: "a", data, more: { _rid: 1 } })).item).toMatchObject({
      data,
      more: { _rid: 1 },
    });
    const refused = await failureOf(open.upsert({ id: "a", data, _schemaVersion: 3 }));
    expect(refused).toMatchObject({ reason: "invalid", fields: [{ path: "_schemaVersion" }] });
  });

  test.each([...Object.keys(sent), "_schemaVersion"])("is no name for a field: %s", (name) => {
    const define = () =>
      defineContainer({
        id: "taken",
        partitionKey: "/id",
        schema: z.object({ id: z.string() }).and(z.object({ [name]: z.string().optional() })),
      });
    expect(define).toThrow(TypeError);
    expect(define).toThrow(`The container taken has the field ${name}, which`);
  });

  test("a condition that comes as a field is refused with the form that it has", async () => {
    await ensureContainer(emulator.configuration(), items, createCredential());
    const { store: itemStore } = await openContainer(emulator.client(), "appdb", items);
    const failure = await failureOf(itemStore.upsert({ id: "a", ifMatch: "x", etag: "x" } as never));
    expect(failure.fields).toEqual([
      { path: "ifMatch", message: expect.stringContaining("[item, { ifMatch }]") },
      { path: "etag", message: "is not a known field" },
    ]);
  });
});
