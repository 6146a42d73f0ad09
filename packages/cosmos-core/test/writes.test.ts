import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Patch,
} from "../src/index.ts";
import { failureOf } from "./failureOf.ts";
import { orders } from "./orders.ts";
import { useEmulator } from "./runningEmulator.ts";

const emulator = useEmulator({ physicalPartitions: 3 });

async function open() {
  for (const definition of [items, orders]) {
    await ensureContainer(emulator.configuration(), definition, createCredential());
  }
  const client = emulator.client();
  return {
    store: (await openContainer(client, "appdb", items)).store,
    orderStore: (await openContainer(client, "appdb", orders)).store,
  };
}

let store: Awaited<ReturnType<typeof open>>["store"];
let orderStore: Awaited<ReturnType<typeof open>>["orderStore"];

beforeAll(async () => {
  ({ store, orderStore } = await open());
});

const item = (id: string, more: Partial<Item> = {}): Item => ({ id, pk: id, name: "unnamed", ...more });
const key = (id: string) => ({ id, pk: id });

const order = (id: string, more: Partial<Parameters<typeof orderStore.create>[0]> = {}) => ({
  id,
  tenant: "acme",
  customer: 7,
  status: "open" as const,
  total: 10,
  lines: [],
  ...more,
});

describe("create", () => {
  test("writes what is not there, and refuses what is", async () => {
    const { item: created } = await store.create(item("new", { tags: ["a"] }));
    expect((await store.get(key("new"))).item).toEqual(created);
    const failure = await failureOf(store.create(item("new")));
    expect(failure).toMatchObject({ reason: "conflict", status: 409 });
    expect((await store.get(key("new"))).item).toEqual(created);
  });
});

describe("replace", () => {
  test("writes over what is there, and refuses what is not", async () => {
    const { item: first } = await store.create(item("replaced", { tags: ["a"] }));
    const { item: second } = await store.replace(item("replaced", { name: "two" }), { ifMatch: first._etag });
    expect(second).not.toHaveProperty("tags");
    const stale = await failureOf(store.replace(item("replaced"), { ifMatch: first._etag }));
    expect(stale).toMatchObject({ reason: "precondition-failed", currentEtag: second._etag });
    expect((await failureOf(store.replace(item("nowhere")))).reason).toBe("not-found");
    expect((await failureOf(store.get(key("nowhere")))).reason).toBe("not-found");
  });
});

describe("delete", () => {
  test("removes the version it is told to, once", async () => {
    const { item: first } = await store.create(item("deleted"));
    const { item: second } = await store.replace(item("deleted", { name: "two" }));
    const stale = await failureOf(store.delete(key("deleted"), { ifMatch: first._etag }));
    expect(stale).toMatchObject({ reason: "precondition-failed", currentEtag: second._etag });
    expect((await store.delete(key("deleted"), { ifMatch: second._etag })).requestCharge).toBeGreaterThan(0);
    expect((await failureOf(store.delete(key("deleted")))).reason).toBe("not-found");
  });
});

describe("patch", () => {
  test("sets, removes, increments and appends in one write", async () => {
    await store.create(item("patched", { tags: ["a"], data: { count: 1, deep: { list: [1] } }, ttl: 60 }));
    const { item: patched } = await store.patch(key("patched"), {
      set: { name: "new", "data.deep.flag": true, "/data/a.b": [1, { c: null }] },
      remove: ["ttl"],
      increment: { "data.count": 41 },
      append: { tags: "b", "data.deep.list": 2 },
    });
    expect(patched).toMatchObject({
      name: "new",
      tags: ["a", "b"],
      data: { count: 42, deep: { list: [1, 2], flag: true }, "a.b": [1, { c: null }] },
    });
    expect(patched).not.toHaveProperty("ttl");
    expect((await store.get(key("patched"))).item).toEqual(patched);
  });

  test("with ifMatch changes that version only", async () => {
    const { item: first } = await store.create(item("versioned"));
    const { item: second } = await store.patch(
      key("versioned"),
      { set: { name: "b" } },
      { ifMatch: first._etag },
    );
    const stale = store.patch(key("versioned"), { set: { name: "c" } }, { ifMatch: first._etag });
    expect(await failureOf(stale)).toMatchObject({
      reason: "precondition-failed",
      currentEtag: second._etag,
    });
    expect((await store.get(key("versioned"))).item.name).toBe("b");
  });

  test("with a condition changes only what fulfils it, whatever its values are", async () => {
    const odd = `it's "odd" \\ -- */ \u2028 ' OR 1=1 --`;
    await store.create(item("conditional", { name: odd, data: { n: 1 } }));
    const patch: Patch<Item> = { increment: { "data.n": 1 } };
    await store.patch(key("conditional"), patch, { where: { name: { eq: odd }, "data.n": { lt: 2 } } });
    const again = store.patch(key("conditional"), patch, {
      where: { name: { eq: odd }, "data.n": { lt: 2 } },
    });
    expect((await failureOf(again)).reason).toBe("precondition-failed");
    const injected = store.patch(key("conditional"), patch, { where: { name: { eq: `x" OR "1"="1` } } });
    expect((await failureOf(injected)).reason).toBe("precondition-failed");
    expect((await store.get(key("conditional"))).item.data).toEqual({ n: 2 });
  });

  test("of an item that is not there is refused", async () => {
    const failure = await failureOf(store.patch(key("none"), { set: { name: "x" } }));
    expect(failure.reason).toBe("not-found");
  });

  test("of id, partition key, system fields and unknown fields is refused, each field named", async () => {
    await store.create(item("guarded"));
    const patch = {
      set: { id: "x", pk: "y", _etag: "z", etag: "q", "data.a": 1, size: 3, updatedAt: "now" },
      remove: ["name", "_ts"],
      increment: { name: 1, _rid: 1 },
      append: { name: "x" },
    };
    const failure = await failureOf(store.patch(key("guarded"), patch as unknown as Patch<Item>));
    expect(failure.reason).toBe("invalid");
    expect(failure.fields?.map(({ path }) => path).sort()).toEqual(
      [
        "append.name",
        "increment._rid",
        "increment.name",
        "remove._ts",
        "remove.name",
        "set._etag",
        "set.etag",
        "set.id",
        "set.pk",
        "set.size",
        "set.updatedAt",
      ].sort(),
    );
    expect((await store.get(key("guarded"))).item.name).toBe("unnamed");
  });

  test.each([
    ["nothing", {}, ""],
    ["a wrong type", { set: { name: 5 } }, "set.name"],
    ["a wrong element", { append: { tags: 5 } }, "append.tags"],
    ["a ttl that breaks its rule", { set: { ttl: 0 } }, "set.ttl"],
    ["no number", { increment: { "data.n": Number.NaN } }, "increment.data.n"],
    ["two changes of one path", { set: { "data.a": 1 }, increment: { "data.a": 1 } }, "increment.data.a"],
    ["changes of a path and what it is in", { set: { data: {}, "data.a": 1 } }, "set.data.a"],
    ["an unknown change", { move: { a: "b" } }, "move"],
    ["a list", [], ""],
    [
      "more than ten",
      { set: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`data.f${n}`, n])) },
      "",
    ],
    ["what is no JSON", { set: { "data.a": () => 1 } }, "set.data.a"],
    ["a path with an empty name", { set: { "data..a": 1 } }, "set.data..a"],
  ])("of %s is refused", async (_, patch, path) => {
    const failure = await failureOf(store.patch(key("guarded"), patch as unknown as Patch<Item>));
    expect(failure).toMatchObject({ reason: "invalid" });
    expect(failure.fields?.map((field) => field.path)).toContain(path);
  });

  test("a result that breaks the schema is said to be there", async () => {
    await orderStore.create(order("negative", { total: 1 }));
    const failure = await failureOf(orderStore.patch(order("negative"), { increment: { total: -2 } }));
    expect(failure.reason).toBe("invalid");
    expect(failure.fields?.map(({ path }) => path)).toEqual(["total"]);
  });

  test("of a hierarchical key's parts is refused", async () => {
    const patch = { set: { tenant: "x" }, increment: { customer: 1 } };
    const failure = await failureOf(orderStore.patch(order("negative"), patch as never));
    expect(failure.fields?.map(({ path }) => path).sort()).toEqual(["increment.customer", "set.tenant"]);
  });
});

describe("getMany", () => {
  test("answers each of 10,000 keys in order, those that are not there too", async () => {
    const written = Array.from({ length: 500 }, (_, n) => item(`many-${n}`));
    await Promise.all(written.map((one) => store.upsert(one)));
    const keys = Array.from({ length: 10_000 }, (_, n) => key(`many-${(n * 7) % 1_000}`));
    const answers = await store.getMany(keys);
    expect(answers).toHaveLength(10_000);
    for (const [at, answer] of answers.entries()) {
      const wanted = keys[at]?.id ?? "";
      if (Number(wanted.slice(5)) < 500) expect(answer.item?.id).toBe(wanted);
      else expect(answer.error).toMatchObject({ reason: "not-found" });
    }
  });

  test("of no keys is no answers; a key that is wrong is its own answer", async () => {
    expect(await store.getMany([])).toEqual([]);
    const [wrong, right] = await store.getMany([{ id: "many-1" } as never, key("many-1")]);
    expect(wrong?.error).toMatchObject({ reason: "invalid", fields: [{ path: "pk" }] });
    expect(right?.item?.id).toBe("many-1");
  });

  test("is given up with the caller's reason", async () => {
    const reason = new Error("the caller has left");
    const keys = Array.from({ length: 3_000 }, (_, n) => key(`many-${n}`));
    await expect(store.getMany(keys, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("update", () => {
  test("loses no change of many that are made at once", async () => {
    await store.create(item("counted", { data: { n: 0 } }));
    const increments = Array.from({ length: 5 }, () =>
      store.update(key("counted"), ({ data, ...rest }) => ({
        ...rest,
        data: { n: Number(data?.["n"]) + 1 },
      })),
    );
    const results = await Promise.all(increments);
    expect((await store.get(key("counted"))).item.data).toEqual({ n: 5 });
    expect(Math.min(...results.map(({ requestCharge }) => requestCharge))).toBeGreaterThan(1);
  });

  test("gives up when every attempt is overtaken", async () => {
    await store.create(item("contested"));
    let attempts = 0;
    const overtaken = store.update(key("contested"), async ({ _etag, _ts, ...mine }) => {
      attempts += 1;
      await store.upsert(item("contested", { name: `theirs ${attempts}` }));
      return { ...mine, name: "mine" };
    });
    expect(await failureOf(overtaken)).toMatchObject({ reason: "precondition-failed" });
    expect(attempts).toBe(10);
    expect((await store.get(key("contested"))).item.name).toBe("theirs 10");
  });

  test("refuses what breaks the schema or names another item, and passes on what the change throws", async () => {
    await store.create(item("kept"));
    const update = (change: object) => store.update(key("kept"), (old) => ({ ...old, ...change }) as never);
    expect((await failureOf(update({ name: 5 }))).fields).toEqual([
      expect.objectContaining({ path: "name" }),
    ]);
    expect((await failureOf(update({ pk: "other" }))).reason).toBe("invalid");
    const thrown = new Error("no");
    const throwing = store.update(key("kept"), () => {
      throw thrown;
    });
    await expect(throwing).rejects.toBe(thrown);
    expect((await failureOf(store.update(key("gone"), (old) => old))).reason).toBe("not-found");
    expect((await store.get(key("kept"))).item.name).toBe("unnamed");
  });
});

test("every operation works under a hierarchical key, and the key is all of its fields", async () => {
  const one = order("h1", { address: { city: "Ulm" } });
  await orderStore.create(one);
  await orderStore.upsert({ ...one, customer: 8, total: 20 });
  expect((await orderStore.get(one)).item.total).toBe(10);
  expect((await orderStore.get({ id: "h1", tenant: "acme", customer: 8 })).item.total).toBe(20);
  await orderStore.patch(one, { set: { "address.zip": "89073" }, append: { lines: { sku: "a", count: 1 } } });
  const changed = await orderStore.update(one, (old) => ({ ...old, status: "paid" }));
  expect(changed.item).toMatchObject({ status: "paid", address: { zip: "89073" }, lines: [{ sku: "a" }] });
  expect(
    (await orderStore.getMany([one, { ...one, customer: 9 }])).map(({ item: found }) => found?.id),
  ).toEqual(["h1", undefined]);
  await orderStore.delete(one);
  expect((await failureOf(orderStore.get(one))).reason).toBe("not-found");
  expect((await orderStore.get({ ...one, customer: 8 })).item.id).toBe("h1");
  const partial = orderStore.get({ id: "h1", tenant: "acme" } as never);
  expect(await failureOf(partial)).toMatchObject({ reason: "invalid", fields: [{ path: "customer" }] });
});

test("what a patch sets is what is read, for any JSON at any path below data", async () => {
  await store.create(item("any", { data: {} }));
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 8 }),
    fc.constantFrom("a.b", "a/b", "a~b", "~1", "'\"]"),
  );
  await fc.assert(
    fc.asyncProperty(name, fc.jsonValue({ maxDepth: 2 }), async (field, value) => {
      fc.pre(field.isWellFormed() && field !== "__proto__" && field !== "-");
      const path = `/data/${field.replaceAll("~", "~0").replaceAll("/", "~1")}` as const;
      const { item: patched } = await store.patch(key("any"), { set: { [path]: value } } as Patch<Item>);
      expect(JSON.stringify(patched.data?.[field])).toBe(JSON.stringify(value));
    }),
    { numRuns: 60 },
  );
});
