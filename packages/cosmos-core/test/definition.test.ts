import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCredential,
  defineContainer,
  ensureContainer,
  openContainer,
  orderBySchema,
  patchSchema,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { orders } from "./orders.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator();

describe("the indexing policy that queries need", () => {
  test("has their paths, the partition key's, and a composite index for each order by several paths", () => {
    expect(orders.indexing).toEqual({
      indexingMode: "consistent",
      automatic: true,
      includedPaths: [
        { path: "/tenant/?" },
        { path: "/customer/?" },
        { path: "/status/?" },
        { path: "/address/city/?" },
        { path: "/lines/[]/*" },
        { path: "/total/?" },
        { path: "/note/?" },
      ],
      excludedPaths: [{ path: "/*" }],
      compositeIndexes: [
        [
          { path: "/status", order: "ascending" },
          { path: "/_ts", order: "descending" },
        ],
        [
          { path: "/status", order: "ascending" },
          { path: "/total", order: "descending" },
          { path: "/id", order: "ascending" },
        ],
      ],
    });
  });

  test("has one composite index for an order and its reverse, and quotes odd names", () => {
    const odd = defineContainer({
      id: "odd",
      partitionKey: "/id",
      schema: z.object({
        id: z.string(),
        a: z.number(),
        "b-c": z.array(z.string()),
        d: z.record(z.string(), z.unknown()),
      }),
      queries: [
        {
          where: ["b-c", "d"],
          orderBy: [
            ["a", "asc"],
            ["id", "desc"],
          ],
        },
        {
          orderBy: [
            ["a", "desc"],
            ["id", "asc"],
          ],
        },
      ],
    });
    expect(odd.indexing?.compositeIndexes).toHaveLength(1);
    expect(odd.indexing?.includedPaths).toEqual([
      { path: "/id/?" },
      { path: '/"b-c"/[]/?' },
      { path: "/d/*" },
      { path: "/a/?" },
    ]);
  });

  test("is what the container is made with, and a container without it has drifted", async () => {
    const configuration = { ...emulator.configuration(), database: "policies" };
    await ensureContainer(configuration, orders, createCredential());
    const open = async (definition: typeof orders) =>
      (await openContainer(emulator.client(), "policies", definition)).drift;
    expect(await open(orders)).toEqual([]);
    const { indexing = {} } = orders;
    const [first = []] = indexing.compositeIndexes ?? [];
    const changed = { ...indexing, compositeIndexes: [first], includedPaths: [{ path: "/status/?" }] };
    expect(await open({ ...orders, indexing: changed })).toEqual([
      expect.stringMatching(/includedPaths .*\/total\/\?/),
      expect.stringMatching(/compositeIndexes .*\/total/),
    ]);
    const { indexing: _, ...everything } = orders;
    expect(await open(everything as typeof orders)).toEqual([
      expect.stringContaining("includedPaths"),
      expect.stringContaining("excludedPaths"),
      expect.stringContaining("compositeIndexes"),
    ]);
  });
});

describe("a hierarchical partition key", () => {
  test("is made, and another one is misconfigured", async () => {
    const configuration = { ...emulator.configuration(), database: "keys" };
    await ensureContainer(configuration, orders, createCredential());
    const found = await emulator.keyClient().database("keys").container("orders").read();
    expect(found.resource?.partitionKey).toMatchObject({
      paths: ["/tenant", "/customer"],
      kind: "MultiHash",
    });
    const other = { ...orders, partitionKey: ["/customer", "/tenant"] as const };
    const failure = await failureOf(openContainer(emulator.client(), "keys", other));
    expect(failure.reason).toBe("misconfigured");
    expect(failure.message).toContain(
      "partitioned by /tenant, /customer, its definition says /customer, /tenant",
    );
  });

  test("may go down to nested fields", async () => {
    const nested = defineContainer({
      id: "nested",
      partitionKey: ["/place/city", "/place/street", "/flat"],
      schema: z.object({
        id: z.string(),
        place: z.object({ city: z.string(), street: z.string() }),
        flat: z.boolean(),
      }),
    });
    const configuration = { ...emulator.configuration(), database: "keys" };
    await ensureContainer(configuration, nested, createCredential());
    const { store } = await openContainer(emulator.client(), "keys", nested);
    const one = { id: "a", place: { city: "Ulm", street: "Hirschstrasse" }, flat: true };
    await store.create(one);
    expect((await store.get(one)).item).toMatchObject(one);
    const { items } = await store.list({
      pk: { place: { city: "Ulm", street: "Hirschstrasse" } },
      orderBy: [["id", "asc"]],
    });
    expect(items.map(({ id }) => id)).toEqual(["a"]);
    expect((await store.list({ pk: one, limit: 1 })).items).toHaveLength(1);
    const moved = store.patch(one, { set: { "place.city": "Bonn" } } as never);
    expect((await failureOf(moved)).fields).toEqual([expect.objectContaining({ path: "set.place.city" })]);
  });
});

test.each([
  ["a partition key that the schema lacks", { partitionKey: "/nope" }, "/nope"],
  ["a partition key that is an object", { partitionKey: "/o" }, "/o"],
  ["the same path twice", { partitionKey: ["/id", "/id"] }, "one to three different"],
  ["no path", { partitionKey: [] }, "one to three"],
  ["a ttl of 0", { ttl: 0 }, "ttl of 0"],
  ["a broken ttl", { ttl: 1.5 }, "ttl of 1.5"],
  ["a version without its upgrades", { version: 2 }, "0 upgrades"],
  ["the version 0", { version: 0 }, "version 0"],
  ["upgrades without a version", { upgrades: [(old: object) => old] }, "1 upgrades"],
  ["queries beside a policy", { queries: [], indexing: {} }, "both"],
  ["a query by an unknown path", { queries: [{ where: ["nope"] }] }, "nope"],
  ["no id", { schema: z.object({ pk: z.string() }), partitionKey: "/pk" }, "no field id"],
  ["a number for an id", { schema: z.object({ id: z.number() }) }, "something else than a string"],
  ["an id of two types", { schema: z.object({ id: z.union([z.string(), z.null()]) }) }, "than a string"],
  ["a text for a ttl", { schema: z.object({ id: z.string(), ttl: z.string() }), ttl: -1 }, "the field ttl"],
  ["a query by a path that is none", { queries: [{ orderBy: [["a..b", "asc"]] }] }, "a..b"],
])("a definition with %s is refused", (_, change, words) => {
  const base = { id: "bad", partitionKey: "/id", schema: z.object({ id: z.string(), o: z.object({}) }) };
  expect(() => defineContainer({ ...base, ...change } as never)).toThrow(TypeError);
  expect(() => defineContainer({ ...base, ...change } as never)).toThrow(words);
});

test.each([
  [z.object({ id: z.enum(["a", "b"]) })],
  [z.object({ id: z.uuid().default("0"), ttl: z.int().optional() })],
  [z.object({ id: z.templateLiteral(["o-", z.int()]), ttl: z.literal(-1) })],
  [z.object({ id: z.string().transform((id) => id.trim()), ttl: z.coerce.number() })],
  [z.union([z.object({ id: z.literal("a") }), z.object({ id: z.literal("b"), ttl: z.int() })])],
])("a definition whose id is a text and whose ttl a number is taken: %#", (schema) => {
  expect(() => defineContainer({ id: "good", partitionKey: "/id", schema, ttl: -1 } as never)).not.toThrow();
});

test("the schemas of what comes from outside name every wrong field, and become JSON Schema", () => {
  const order = orderBySchema(orders);
  expect(
    order.parse([
      ["status", "asc"],
      ["_ts", "desc"],
    ]),
  ).toEqual([
    ["status", "asc"],
    ["_ts", "desc"],
  ]);
  expect(order.safeParse([["address.zip", "asc"]]).error?.issues[0]?.message).toContain("`queries`");
  const patch = patchSchema(orders);
  expect(patch.parse({ set: { total: 5 } })).toEqual({ set: { total: 5 } });
  const wrong = patch.safeParse({ set: { total: -5, id: "x" }, increment: { status: 1 } });
  expect(wrong.error?.issues.map(({ path }) => path.join("."))).toEqual([
    "set.total",
    "set.id",
    "increment.status",
  ]);
  for (const schema of [order, patch]) expect(z.toJSONSchema(schema, { io: "input" })).toHaveProperty("type");
});

describe("items of an older schema", () => {
  const base = { id: "people", partitionKey: "/id" } as const;
  const first = defineContainer({ ...base, schema: z.strictObject({ id: z.string(), name: z.string() }) });
  const third = defineContainer({
    ...base,
    schema: z.strictObject({ id: z.string(), first: z.string(), last: z.string(), age: z.number() }),
    version: 3,
    upgrades: [
      ({ name, ...rest }) => {
        const [given = "", ...family] = String(name).split(" ");
        return { ...rest, first: given, last: family.join(" ") };
      },
      (old) => ({ ...old, age: 0 }),
    ],
  });
  const ada = { id: "ada", first: "Ada", last: "Lovelace", age: 0 };

  async function openBoth(database: string) {
    await ensureContainer({ ...emulator.configuration(), database }, first, createCredential());
    const client = emulator.client();
    const raw = emulator.keyClient().database(database).container("people");
    return {
      old: (await openContainer(client, database, first)).store,
      store: (await openContainer(client, database, third)).store,
      rawOf: async (id: string) => (await raw.item(id, id).read()).resource,
    };
  }

  test("are upgraded on every read, and stay as they are until they are written", async () => {
    const { old, store, rawOf } = await openBoth("reads");
    await old.create({ id: "ada", name: "Ada Lovelace" });
    expect((await store.get({ id: "ada" })).item).toMatchObject(ada);
    expect((await store.getMany([{ id: "ada" }]))[0]?.item).toMatchObject(ada);
    expect((await store.list()).items).toEqual([expect.objectContaining(ada)]);
    expect(await rawOf("ada")).toMatchObject({ name: "Ada Lovelace" });
  });

  test("are written back in the new form by the next write, whatever it is", async () => {
    const { old, store, rawOf } = await openBoth("writes");
    await old.create({ id: "ada", name: "Ada Lovelace" });
    await store.update({ id: "ada" }, (item) => ({ ...item, age: 36 }));
    expect(await rawOf("ada")).toMatchObject({ first: "Ada", age: 36, _schemaVersion: 3 });
    expect((await store.get({ id: "ada" })).item).not.toHaveProperty("_schemaVersion");
    await old.create({ id: "bob", name: "Bob B" });
    const { _etag: etag } = (await store.get({ id: "bob" })).item;
    const patched = await store.patch({ id: "bob" }, { increment: { age: 5 } }, { ifMatch: etag });
    expect(patched.item).toMatchObject({ first: "Bob", last: "B", age: 5 });
    expect(await rawOf("bob")).toMatchObject({ age: 5, _schemaVersion: 3 });
    await old.create({ id: "eve", name: "Eve E" });
    const stale = store.patch({ id: "eve" }, { increment: { age: 5 } }, { ifMatch: etag });
    expect((await failureOf(stale)).reason).toBe("precondition-failed");
    const untrue = store.patch({ id: "eve" }, { increment: { age: 5 } }, { where: { age: { gt: 3 } } });
    expect((await failureOf(untrue)).reason).toBe("precondition-failed");
  });

  describe("patched while another writes", () => {
    const ifOld = { id: "ada", name: "Ada Lovelace" };

    /**
     * A store of the newer schema in which another's write meets the patch: while the upgrade runs, between the patch's
     * requests, its next one of a kind is held up, and the other writes as soon as that is on its way.
     */
    async function openContested(database: string, heldUp: "patchDocument" | "replaceDocument") {
      const { old, store: other, rawOf } = await openBoth(database);
      const { faults } = emulator.current();
      const [, toThird] = third.upgrades ?? [];
      let fault: string | undefined;
      const contested = defineContainer({
        ...third,
        upgrades: [
          ...(third.upgrades ?? []).slice(0, 1),
          (item) => {
            fault ??= faults.add({ operation: heldUp, delayMs: 1_500 }).id;
            return toThird?.(item) ?? item;
          },
        ],
      });
      const { store } = await openContainer(emulator.client(), database, contested);
      await old.create(ifOld);
      const isHeldUp = () => fault !== undefined && faults.list().every(({ id }) => id !== fault);
      return { old, store, other, rawOf, heldUp: () => expect.poll(isHeldUp, { interval: 5 }).toBe(true) };
    }

    const older = { increment: { age: 1 } };

    test.each([
      ["never change what came after that version", "overtaken", "patchDocument"],
      ["give up when the other brings it into the new form first", "lost", "replaceDocument"],
    ] as const)("with ifMatch %s", async (_, name, heldUpOperation) => {
      const { old, store, other, heldUp } = await openContested(name, heldUpOperation);
      const { _etag: etag } = (await old.get({ id: "ada" })).item;
      const patched = failureOf(store.patch({ id: "ada" }, older, { ifMatch: etag }));
      await heldUp();
      const { item: theirs } = await other.upsert({ ...ada, first: "Augusta" });
      expect(await patched).toMatchObject({ reason: "precondition-failed", currentEtag: theirs._etag });
      expect((await other.get({ id: "ada" })).item).toEqual(theirs);
    });

    test.each([
      ["without ifMatch", {}],
      ["with any version allowed", { ifMatch: "*" }],
      ["with a condition that holds", { where: { last: { eq: "Lovelace" } } }],
    ])("%s change what the other wrote, in either form", async (name, options) => {
      for (const isNew of [true, false]) {
        const database = `either-${name.length}-${isNew}`;
        const { old, store, other, rawOf, heldUp } = await openContested(database, "replaceDocument");
        const patched = store.patch({ id: "ada" }, older, options);
        await heldUp();
        if (isNew) await other.upsert({ ...ada, first: "Augusta", age: 36 });
        else await old.upsert({ id: "ada", name: "Augusta Lovelace" });
        expect((await patched).item).toMatchObject({ first: "Augusta", age: isNew ? 37 : 1 });
        expect(await rawOf("ada")).toMatchObject({ first: "Augusta", _schemaVersion: 3 });
      }
    });
  });

  test("are patched when another brings them into the new form after the patch met the old one", async () => {
    const { old, store, rawOf } = await openBoth("renewed");
    await old.create({ id: "ada", name: "Ada Lovelace" });
    const { faults } = emulator.current();
    const { id: fault } = faults.add({ operation: "readDocument", delayMs: 1_500 });
    const patched = store.patch({ id: "ada" }, { increment: { age: 1 } });
    await expect.poll(() => faults.list().every(({ id }) => id !== fault), { interval: 5 }).toBe(true);
    const { store: other } = await openContainer(emulator.client(), "renewed", third);
    await other.upsert({ ...ada, age: 36 });
    expect((await patched).item.age).toBe(37);
    expect(await rawOf("ada")).toMatchObject({ age: 37, _schemaVersion: 3 });
  });

  test("cost what all requests of the patch cost", async () => {
    const { old, store } = await openBoth("charges");
    await old.create({ id: "ada", name: "Ada Lovelace" });
    const charge = async (work: Promise<{ readonly requestCharge: number }>) => (await work).requestCharge;
    const first = await charge(store.patch({ id: "ada" }, { increment: { age: 1 } }));
    const second = await charge(store.patch({ id: "ada" }, { increment: { age: 1 } }));
    const read = await charge(store.get({ id: "ada" }));
    const replace = await charge(store.replace({ ...ada, age: 3 }));
    expect(first).toBeGreaterThanOrEqual(second + read + replace);
    await old.upsert({ id: "ada", name: "Ada Lovelace" });
    const refused = await failureOf(
      store.patch({ id: "ada" }, { increment: { age: 1 } }, { where: { age: { gt: 5 } } }),
    );
    expect(refused.requestCharge).toBeGreaterThanOrEqual(read + replace);
  });

  test("of a later schema, or that do not fit after their upgrade, say so", async () => {
    const { old, store } = await openBoth("odd");
    await store.create({ ...ada, id: "new" });
    const later = await failureOf(old.get({ id: "new" }));
    expect(later).toMatchObject({ reason: "misconfigured" });
    expect(later.message).toContain("version 3");
    const broken = defineContainer({ ...base, schema: third.schema, version: 2, upgrades: [(item) => item] });
    await old.create({ id: "old", name: "Old" });
    const { store: brokenStore } = await openContainer(emulator.client(), "odd", broken);
    const failure = await failureOf(brokenStore.get({ id: "old" }));
    expect(failure.reason).toBe("misconfigured");
    expect(failure.message).toContain("first");
  });
});
