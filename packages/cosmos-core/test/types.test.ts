import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  defineContainer,
  type Filter,
  filterSchema,
  type Item,
  type ItemKey,
  type items,
  type KeyOf,
  type OpenContainer,
  type PartitionKeyPrefix,
  type Patch,
  type Store,
  type Stored,
  type TypesOf,
} from "../src/index.ts";
import { orders } from "./orders.ts";

// What tsc checks: none of these calls is made.

type Order = z.output<typeof orders.schema>;

const unused = (): boolean => false;

describe("the types", () => {
  test("of filters know paths, operators and values", () => {
    const filters: Filter<Item>[] = [
      { name: { startsWith: "a", contains: "b", in: ["a"], eq: "x", lt: "y" } },
      { tags: { contains: "a", exists: true } },
      { "data.size": { gt: 3 }, "data.a.b": { contains: "x" }, "/data/a.b": { eq: null } },
      { _ts: { gt: 1_700_000_000 } },
      { and: [{ ttl: { gte: 1 } }], or: [{ pk: { ne: "a" } }], not: { id: { eq: "a" } } },
    ];
    const wrong: Filter<Item>[] = [
      // @ts-expect-error no such field
      { size: { eq: 1 } },
      // @ts-expect-error a name is no number
      { name: { eq: 1 } },
      // @ts-expect-error a number does not start with a text
      { ttl: { startsWith: "1" } },
      // @ts-expect-error an array is not compared as a whole
      { tags: { eq: "a" } },
      // @ts-expect-error not an operator
      { name: { like: "a" } },
      // @ts-expect-error nor within a filter
      { and: [{ nope: { eq: 1 } }] },
    ];
    const ofOrders: Filter<Order>[] = [
      {
        "address.city": { eq: "Ulm" },
        lines: { contains: { sku: "a" } },
        status: { in: ["open"] },
        note: { eq: null },
      },
      // @ts-expect-error not one of the states
      { status: { eq: "lost" } },
      // @ts-expect-error no such nested field
      { "address.street": { eq: "x" } },
      // @ts-expect-error elements have no such field
      { lines: { contains: { weight: 1 } } },
    ];
    expect([filters.length, wrong.length, ofOrders.length]).toEqual([5, 6, 4]);
    expectTypeOf(filterSchema(orders).parse).returns.toEqualTypeOf<Filter<Order>>();
  });

  test("of writes are what the schema takes, of reads what it gives", () => {
    const check = async (some: Store<TypesOf<typeof orders>>, all: Store<TypesOf<typeof items>>) => {
      // Defaults may be left out.
      const { item } = await some.upsert({ id: "a", tenant: "t", customer: 1, status: "open", total: 1 });
      expectTypeOf(item.lines).toEqualTypeOf<{ sku: string; count: number }[]>();
      await all.create({ id: "a" });
      all.bulk([{ id: "a", pk: "b" }]);
      // What was read is written back, with what the service keeps in it.
      await some.replace({ ...item, total: 2 });
      await all.update({ id: "a", pk: "a" }, (old) => ({ ...old, name: "b" }));
      await all.update({ id: "a", pk: "a" }, ({ id }) => ({ id }));
      // @ts-expect-error a name is a text
      await all.upsert({ id: "a", name: 5 });
      // @ts-expect-error a total has no default
      await some.create({ id: "a", tenant: "t", customer: 1, status: "open" });
    };
    expect(check).toBeTypeOf("function");
  });

  test("of orders know what the index serves", () => {
    const check = (store: Store<TypesOf<typeof orders>>, all: Store<TypesOf<typeof items>>) => {
      store.list({ orderBy: [["total", "desc"]] });
      store.list({ orderBy: [["total", "asc"]] });
      store.list({ orderBy: [["status", "asc"]] });
      store.list({ orderBy: [["_ts", "asc"]] });
      store.list({
        orderBy: [
          ["status", "asc"],
          ["_ts", "desc"],
        ],
      });
      store.list({
        orderBy: [
          ["status", "desc"],
          ["_ts", "asc"],
        ],
      });
      const halfTurned = [
        ["status", "asc"],
        ["_ts", "asc"],
      ] as const;
      // @ts-expect-error one direction turned only
      store.list({ orderBy: halfTurned });
      const unknown = [
        ["total", "asc"],
        ["status", "asc"],
      ] as const;
      // @ts-expect-error no such composite index
      store.list({ orderBy: unknown });
      // @ts-expect-error a path that no declared query uses is not indexed
      store.list({ orderBy: [["address.zip", "asc"]] });
      // @ts-expect-error an array is nothing to sort by
      store.list({ orderBy: [["lines", "asc"]] });
      // @ts-expect-error no direction
      store.list({ orderBy: [["total", "up"]] });

      all.list({ orderBy: [["name", "asc"]] });
      all.list({ orderBy: [["data.size", "asc"]] });
      const two = [
        ["name", "asc"],
        ["ttl", "asc"],
      ] as const;
      // @ts-expect-error needs a composite index, and none is declared
      all.list({ orderBy: two });
      // @ts-expect-error an array is nothing to sort by
      all.list({ orderBy: [["tags", "asc"]] });
    };
    expect(typeof check).toBe("function");
  });

  test("of orders follow an indexing policy that is given", () => {
    const partly = defineContainer({
      id: "partly",
      partitionKey: "/pk",
      schema: z.object({
        id: z.string(),
        pk: z.string(),
        a: z.number(),
        b: z.object({ c: z.string(), d: z.string() }),
        e: z.string(),
      }),
      indexing: {
        includedPaths: [{ path: "/a/?" }, { path: "/b/*" }],
        excludedPaths: [{ path: "/*" }, { path: "/b/d/?" }],
        compositeIndexes: [
          [
            { path: "/a", order: "ascending" },
            { path: "/b/c", order: "descending" },
          ],
        ],
      },
    });
    const check = (store: Store<TypesOf<typeof partly>>) => {
      store.list({ orderBy: [["a", "asc"]] });
      store.list({ orderBy: [["b.c", "asc"]] });
      store.list({
        orderBy: [
          ["a", "asc"],
          ["b.c", "desc"],
        ],
      });
      // @ts-expect-error excluded
      store.list({ orderBy: [["e", "asc"]] });
      // @ts-expect-error excluded by the more precise path
      store.list({ orderBy: [["b.d", "asc"]] });
      const halfTurned = [
        ["a", "asc"],
        ["b.c", "asc"],
      ] as const;
      // @ts-expect-error one direction turned only
      store.list({ orderBy: halfTurned });
    };
    expect(typeof check).toBe("function");
  });

  test("of keys and their prefixes have the partition key's fields", () => {
    expectTypeOf<KeyOf<Item, (typeof items)["partitionKey"]>>().toExtend<ItemKey>();
    expectTypeOf<ItemKey>().toExtend<KeyOf<Item, (typeof items)["partitionKey"]>>();
    type Key = KeyOf<Order, (typeof orders)["partitionKey"]>;
    expectTypeOf<Key>().toExtend<{ id: string; tenant: string; customer: number }>();
    expectTypeOf<{ id: string; tenant: string }>().not.toExtend<Key>();
    type In = PartitionKeyPrefix<Order, (typeof orders)["partitionKey"]>;
    expectTypeOf<{ tenant: string }>().toExtend<In>();
    expectTypeOf<{ tenant: string; customer: number }>().toExtend<In>();
    expectTypeOf<{ customer: number }>().not.toExtend<In>();
    expectTypeOf<OpenContainer<TypesOf<typeof items>>["store"]>().toExtend<Store<TypesOf<typeof items>>>();
  });

  test("of patches know paths and values, and leave out what cannot be patched", () => {
    const patches: Patch<Order>[] = [
      { set: { total: 3, "address.city": "Ulm", note: null }, remove: ["note", "address"] },
      { increment: { total: 1 }, append: { lines: { sku: "a", count: 1 } } },
      // @ts-expect-error the id stays
      { set: { id: "x" } },
      // @ts-expect-error a text is no number
      { set: { total: "3" } },
      // @ts-expect-error cannot be left out
      { remove: ["total"] },
      // @ts-expect-error no number
      { increment: { status: 1 } },
      // @ts-expect-error no array
      { append: { note: "x" } },
    ];
    expect(patches).toHaveLength(7);
  });

  test("of a definition ask for TTL where items have one, and for paths that the schema has", () => {
    const withTtl = z.object({ id: z.string(), ttl: z.number().optional() });
    if (unused()) {
      // @ts-expect-error items have a ttl, which does nothing without the container's
      defineContainer({ id: "a", partitionKey: "/id", schema: withTtl });
      const queries = [{ where: ["name"] }] as const;
      // @ts-expect-error no such path
      defineContainer({ id: "a", partitionKey: "/id", schema: withTtl, ttl: -1, queries });
      // @ts-expect-error at most three paths
      defineContainer({ id: "a", partitionKey: ["/id", "/a", "/b", "/c"], schema: withTtl, ttl: -1 });
    }
    expectTypeOf<Stored<Item>["_etag"]>().toBeString();
  });
});
