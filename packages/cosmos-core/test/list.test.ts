import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type Stored,
  type TypesOf,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { orders } from "./orders.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 3 });
const database = "appdb";

async function open() {
  for (const definition of [items, orders]) {
    await ensureContainer(emulator.configuration(), definition, createCredential());
  }
  const client = emulator.client();
  return {
    store: (await openContainer(client, database, items)).store,
    orderStore: (await openContainer(client, database, orders)).store,
  };
}

let store: Store<TypesOf<typeof items>>;
let orderStore: Awaited<ReturnType<typeof open>>["orderStore"];
let stored: Stored<Item>[];
type Order = Parameters<typeof orderStore.upsert>[0];
let storedOrders: Order[];

const orderOf = (n: number): Order => ({
  id: `o${n % 25}`,
  tenant: ["acme", "zeta", "mono"][n % 3] ?? "",
  customer: Math.floor(n / 25),
  status: (["open", "paid", "sent"] as const)[n % 2] ?? "open",
  total: n % 4,
  lines: [{ sku: `s${n % 5}`, count: 1 }],
  ...(n % 3 === 0 ? {} : { note: n % 3 === 1 ? null : `note ${n % 2}` }),
});

beforeAll(async () => {
  ({ store, orderStore } = await open());
  const written = Array.from({ length: 75 }, (_, n): Item => {
    const data = [
      { v: n % 5 },
      { v: "b" },
      { v: null },
      { v: [n] },
      { v: { n } },
      { v: n % 2 === 0 },
      {},
      undefined,
    ][n % 8];
    return {
      id: `i${String(n % 30).padStart(2, "0")}`,
      pk: `p${Math.floor(n / 30)}-${n % 11}`,
      name: ["a", "B", "é", "💡", "\ufffd", ""][n % 6] ?? "",
      ...(data === undefined ? {} : { data }),
      ...(n % 4 === 0 ? { ttl: 1_000_000 + (n % 7) } : {}),
    };
  });
  stored = (await Promise.all(written.map((one) => store.upsert(one)))).map(({ item }) => item);
  storedOrders = Array.from({ length: 100 }, (_, n) => orderOf(n));
  await Promise.all(storedOrders.map((one) => orderStore.upsert(one)));
});

/** All pages of a list. */
async function pages<One>(
  list: (cursor: string | undefined) => Promise<{ items: readonly One[]; cursor?: string }>,
): Promise<One[][]> {
  const all: One[][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list(cursor);
    all.push([...page.items]);
    cursor = page.cursor;
    if (cursor === undefined) return all;
    expect(all.length).toBeLessThan(1_000);
  }
}

const name = ({ id, pk }: { id: string; pk: string }): string => `${pk}/${id}`;

const rank = (value: unknown): number => {
  const order = ["undefined", "null", "boolean", "number", "string", "array", "object"];
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return order.indexOf(type);
};

/** Cosmos DB's order of any two values: by type, then by value; arrays and objects are equal to their like. */
function compare(one: unknown, other: unknown): number {
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  if (typeof one === "string") return Buffer.compare(Buffer.from(one), Buffer.from(other as string));
  if (typeof one === "number" || typeof one === "boolean") return Number(one) - Number(other);
  return 0;
}

const at = (item: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], item);

function sorted<One>(all: readonly One[], ...keys: (readonly [path: string, direction: string])[]): One[] {
  return all.toSorted((one, other) => {
    for (const [path, direction] of keys) {
      const order = compare(at(one, path), at(other, path));
      if (order !== 0) return direction === "desc" ? -order : order;
    }
    return 0;
  });
}

describe("pages", () => {
  test("have every item once, without an order", async () => {
    for (const limit of [1, 7, 75, 1_000]) {
      const all = (await pages((cursor) => store.list({ limit, cursor }))).flat();
      expect(all.map(name).sort()).toEqual(stored.map(name).sort());
    }
    const same = (await pages((cursor) => store.list({ limit: 9, cursor }))).flat();
    expect(same).toEqual((await pages((cursor) => store.list({ limit: 50, cursor }))).flat());
  });

  test("have every item once and in order, whatever is equal in it, in both directions", async () => {
    const paths = ["name", "id", "pk", "ttl", "data.v", "_ts"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom("asc" as const, "desc" as const),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        async (path, direction, limit, isFiltered) => {
          const where = isFiltered ? { id: { lt: "i20" } } : undefined;
          const all = await pages((cursor) =>
            store.list({ orderBy: [[path, direction]], where, limit, cursor }),
          );
          const wanted = stored.filter(({ id }) => !isFiltered || id < "i20");
          expect(all.flat().map(name)).toEqual(
            sorted(wanted, [path, direction], ["id", "asc"], ["pk", "asc"]).map(name),
          );
          for (const page of all.slice(0, -1)) expect(page).toHaveLength(limit);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("follow a composite index, and its reverse", async () => {
    const orderings = [
      [
        ["status", "asc"],
        ["_ts", "desc"],
      ],
      [
        ["status", "desc"],
        ["_ts", "asc"],
      ],
      [
        ["status", "asc"],
        ["total", "desc"],
        ["id", "asc"],
      ],
      [
        ["status", "desc"],
        ["total", "asc"],
        ["id", "desc"],
      ],
    ] as const;
    const all = (await pages((cursor) => orderStore.list({ cursor }))).flat();
    expect(all).toHaveLength(storedOrders.length);
    for (const orderBy of orderings) {
      for (const limit of [3, 23]) {
        const found = await pages((cursor) => orderStore.list({ orderBy, limit, cursor }));
        const wanted = sorted(all, ...orderBy, ["id", "asc"], ["tenant", "asc"], ["customer", "asc"]);
        expect(found.flat()).toEqual(wanted);
      }
    }
  });

  test("have items that lack the path, or have null at it, in an order by it", async () => {
    const found = (
      await pages((cursor) => orderStore.list({ orderBy: [["note", "asc"]], limit: 30, cursor }))
    ).flat();
    expect(found).toHaveLength(storedOrders.length);
    expect(found.map(({ note }) => rank(note))).toEqual(found.map(({ note }) => rank(note)).toSorted());
  });

  test("of one partition key have its items only; of a hierarchical key's first fields, theirs", async () => {
    const pk = "p1-3";
    for (const orderBy of [undefined, [["name", "asc"]] as const]) {
      const found = (await pages((cursor) => store.list({ pk, orderBy, limit: 2, cursor }))).flat();
      expect(found.map(name).sort()).toEqual(
        stored
          .filter((one) => one.pk === pk)
          .map(name)
          .sort(),
      );
    }
    for (const orderBy of [undefined, [["total", "asc"]] as const]) {
      const tenant = (
        await pages((cursor) => orderStore.list({ pk: { tenant: "acme" }, orderBy, limit: 9, cursor }))
      ).flat();
      expect(tenant).toHaveLength(storedOrders.filter((one) => one.tenant === "acme").length);
      expect(new Set(tenant.map((one) => one.tenant))).toEqual(new Set(["acme"]));
      const prefix = { tenant: "zeta", customer: 2 };
      const one = (
        await pages((cursor) => orderStore.list({ pk: prefix, orderBy, limit: 4, cursor }))
      ).flat();
      expect(one.length).toBe(storedOrders.filter((o) => o.tenant === "zeta" && o.customer === 2).length);
    }
    expect((await store.list({ pk: "nobody's" })).items).toEqual([]);
  });

  test("go on after a physical partition was split, ordered or not", async () => {
    for (const orderBy of [undefined, [["name", "desc"]] as const]) {
      let splits = 0;
      const found = await pages((cursor) => {
        if (cursor !== undefined && splits < 2) {
          emulator.current().splitPartition({ database, container: "items" });
          splits += 1;
        }
        return store.list({ orderBy, limit: 20, cursor });
      });
      expect(splits).toBe(2);
      expect(found.flat().map(name).sort()).toEqual(stored.map(name).sort());
    }
  });

  test("miss nothing and double nothing of what stays while other items come and go", async () => {
    const fleeting = (n: number): Item => ({ id: `f${n}`, pk: `f${n}`, name: "b", data: { fleeting: true } });
    for (const orderBy of [[["name", "asc"]] as const, [["data.v", "desc"]] as const]) {
      let n = 0;
      const found = await pages(async (cursor) => {
        await store.upsert(fleeting(n));
        if (n > 2) await store.delete(fleeting(n - 2));
        n += 1;
        return store.list({ orderBy, limit: 10, cursor });
      });
      const staying = found.flat().filter(({ id }) => id.startsWith("i"));
      expect(staying.map(name).sort()).toEqual(stored.map(name).sort());
      for (let last = 0; last < n; last += 1) await store.delete(fleeting(last)).catch(() => undefined);
    }
  });

  test("say what they cost, and which indexes served them when asked to", async () => {
    const plain = await store.list({ limit: 10 });
    expect(plain.requestCharge).toBeGreaterThan(1);
    expect(plain).not.toHaveProperty("explain");
    const where = { name: { eq: "a" }, ttl: { gt: 5 } };
    const { explain } = await store.list({ where, limit: 10, explain: true });
    expect(explain?.used.single).toEqual(expect.arrayContaining(["/name/?", "/ttl/?"]));
    expect(explain?.suggestedCompositeIndex).toEqual([
      { path: "/name", order: "ascending" },
      { path: "/ttl", order: "ascending" },
    ]);
    const served = await orderStore.list({
      orderBy: [
        ["status", "asc"],
        ["_ts", "desc"],
      ],
      explain: true,
    });
    expect(served.explain?.used.composite).toContainEqual([
      { path: "/status", order: "ascending" },
      { path: "/_ts", order: "descending" },
    ]);
    expect(served.explain).not.toHaveProperty("suggestedCompositeIndex");
  });
});

describe("what is wrong with a request is refused, each field named", () => {
  const refused = async (request: unknown) => {
    const failure = await failureOf(store.list(request as Parameters<typeof store.list>[0]));
    return [failure.reason, failure.fields?.map(({ path }) => path)];
  };

  test.each([0, -1, 1_001, 1.5, "10", Number.NaN, null])("the limit %j", async (limit) => {
    expect(await refused({ limit })).toEqual(["invalid", ["limit"]]);
  });

  test("an order that no index serves, or that is none", async () => {
    expect(
      await refused({
        orderBy: [
          ["name", "asc"],
          ["ttl", "asc"],
        ],
      }),
    ).toEqual(["invalid", ["orderBy"]]);
    expect(await refused({ orderBy: [["size", "asc"]] })).toEqual(["invalid", ["orderBy.0"]]);
    expect(await refused({ orderBy: [["tags", "asc"]] })).toEqual(["invalid", ["orderBy.0"]]);
    expect(
      await refused({
        orderBy: [
          ["name", "asc"],
          ["name", "desc"],
        ],
      }),
    ).toEqual(["invalid", ["orderBy.1"]]);
    const injected = [['name"] DESC, c["id', "asc"]];
    expect(await refused({ orderBy: injected })).toEqual(["invalid", ["orderBy.0"]]);
    expect(await refused({ orderBy: [["name", "asc; DROP"]] })).toEqual(["invalid", ["orderBy.0.1"]]);
    expect(await refused({ orderBy: "name" })).toEqual(["invalid", ["orderBy"]]);
    expect(await refused({ orderBy: Array.from({ length: 9 }, () => ["name", "asc"]) })).toEqual([
      "invalid",
      ["orderBy"],
    ]);
    const failure = await failureOf(
      orderStore.list({
        orderBy: [
          ["customer", "asc"],
          ["id", "asc"],
        ] as never,
      }),
    );
    expect(failure.message).toContain("composite index");
  });

  test("several fields at once", async () => {
    const request = { limit: 0, where: { size: { eq: 1 } }, orderBy: [["size", "asc"]], pk: { a: 1 } };
    expect(await refused(request)).toEqual(["invalid", ["where.size", "orderBy.0", "limit", "pk"]]);
  });

  test("a partition key that is none", async () => {
    const prefixes = [{ customer: 3 }, {}, "acme", { tenant: { a: 1 } }, { tenant: "a", customer: [] }];
    for (const pk of prefixes) {
      expect((await failureOf(orderStore.list({ pk: pk as never }))).reason).toBe("invalid");
    }
  });
});

describe("a cursor", () => {
  const request = { orderBy: [["name", "asc"]], limit: 20, where: { id: { gt: "i" } } } as const;
  const cursorOf = async (): Promise<string> => (await store.list(request)).cursor ?? "";
  const refusal = async (cursor: unknown, more: object = {}) => {
    const failure = await failureOf(store.list({ ...request, ...more, cursor: cursor as string }));
    expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: "cursor" }] });
    return failure.message;
  };

  test("that is cut or altered anywhere is refused", async () => {
    const cursor = await cursorOf();
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .";
    await fc.assert(
      fc.asyncProperty(fc.nat(cursor.length - 1), fc.constantFrom(...alphabet), async (index, character) => {
        fc.pre(cursor[index] !== character);
        await refusal(cursor.slice(0, index) + character + cursor.slice(index + 1));
        await refusal(cursor.slice(0, index));
        await refusal(cursor + character);
      }),
      { numRuns: 200 },
    );
    for (const other of ["", "x", 5, null, {}, "e30", "x".repeat(100_000)]) await refusal(other);
  });

  test("of another query is refused: its filter, order, key or container; another limit is fine", async () => {
    const cursor = await cursorOf();
    const others = [
      { where: { id: { gt: "j" } } },
      { where: undefined },
      { orderBy: [["name", "desc"]] },
      { pk: "p1-3" },
      { orderBy: undefined },
    ];
    for (const other of others) expect(await refusal(cursor, other)).toContain("another query");
    const foreign = await orderStore.list({ orderBy: [["total", "asc"]], limit: 3 });
    await refusal(foreign.cursor);
    expect((await store.list({ ...request, limit: 5, cursor })).items).toHaveLength(5);
  });

  test("of a container that was deleted and made again is refused", async () => {
    const configuration = { ...emulator.configuration(), database: "again" };
    const admin = emulator.keyClient().database("again");
    const openAgain = async (cursorKey?: string) => {
      await ensureContainer(configuration, items, createCredential());
      const { store: again } = await openContainer(emulator.client(), "again", items, { cursorKey });
      await Promise.all(["a", "b", "c"].map((id) => again.upsert({ id, pk: id, name: id })));
      return again;
    };
    for (const cursorKey of [undefined, "the same key"]) {
      const { cursor } = await (await openAgain(cursorKey)).list({ limit: 1 });
      expect(cursor).toBeDefined();
      await admin.container("items").delete();
      const failure = await failureOf((await openAgain(cursorKey)).list({ limit: 1, cursor }));
      expect(failure).toMatchObject({ reason: "invalid", fields: [{ path: "cursor" }] });
    }
  });

  test("works in every process that serves the container, and after a restart", async () => {
    const configuration = { ...emulator.configuration(), database: "shared" };
    await ensureContainer(configuration, items, createCredential());
    const openOne = async () => (await openContainer(emulator.client(), "shared", items)).store;
    const several = await Promise.all([openOne(), openOne(), openOne()]);
    const [first] = several;
    if (first === undefined) throw new Error("no store");
    await Promise.all(["a", "b", "c", "d"].map((id) => first.upsert({ id, pk: id, name: id })));
    const ordered = { orderBy: [["id", "asc"]], limit: 1 } as const;
    const cursors = await Promise.all(several.map(async (one) => (await one.list(ordered)).cursor));
    await emulator.stop();
    await emulator.startAgain();
    for (const cursor of cursors) {
      for (const one of [...several, await openOne()]) {
        expect((await one.list({ ...ordered, cursor })).items.map(({ id }) => id)).toEqual(["b"]);
      }
    }
  });

  test("tells nothing that its reader has not seen, and its key is no item", async () => {
    const id = "cosmos-trpc:cursor-key";
    await cursorOf();
    const all = (await pages((cursor) => store.list({ limit: 10, cursor }))).flat();
    expect(all.filter((one) => one.id === id)).toEqual([]);
    expect((await store.list({ pk: id })).items).toEqual([]);
    const key = { id, pk: id };
    const attempts = [
      store.get(key),
      store.delete(key),
      store.upsert({ ...key, name: "mine" }),
      store.create({ ...key, name: "mine" }),
      store.replace({ ...key, name: "mine" }),
      store.patch(key, { set: { name: "mine" } }),
      store.update(key, (old) => old),
    ];
    for (const attempt of attempts) expect((await failureOf(attempt)).reason).toBe("invalid");
    expect((await store.getMany([key]))[0]?.error?.reason).toBe("invalid");
  });
});
