import { createCosmosClient, createCredential } from "@cosmos-trpc/cosmos-core";
import { createTRPCClient, httpBatchLink, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { beforeAll, describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import type { AppRouter } from "./app.ts";
import { configurationOf } from "./configurationOf.ts";
import { useServer } from "./serverOfFile.ts";

const running = useServer();
let api: TRPCClient<AppRouter>;

/** The headers of the answers, the last one last. */
let headers: Headers[] = [];

beforeAll(async () => {
  const record = async (input: URL | string | Request, init?: object): Promise<Response> => {
    const response = await fetch(input, init);
    headers.push(response.headers);
    return response;
  };
  api = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${running.url}/trpc`, methodOverride: "POST", fetch: record })],
  });
});

async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TRPCClientError);
  const { message, data } = error as TRPCClientError<AppRouter>;
  expect(JSON.stringify([message, data])).not.toMatch(/localhost|127\.0\.0\.1|node_modules|\/src\/|stack/);
  return { message, data, fields: data?.fields?.map(({ path }) => path) };
}

/** Input as it may come from a caller without our types. */
const untyped = <Input>(value: unknown) => value as Input;

test("inputs and outputs are the schema's, end to end", () => {
  type Input = inferRouterInputs<AppRouter>["items"];
  type Output = inferRouterOutputs<AppRouter>["items"];
  expectTypeOf<Input["create"]["id"]>().toEqualTypeOf<string>();
  type Key = { id: string; pk?: string | undefined };
  expectTypeOf<Input["delete"]>().toEqualTypeOf<
    Key | [key: Key, options?: { ifMatch?: string | undefined }]
  >();
  expectTypeOf<Output["create"]>().toEqualTypeOf<Output["get"]>();
  expectTypeOf<Output["list"]["items"][number]>().toEqualTypeOf<Output["get"]>();
  expectTypeOf<Extract<Output["getMany"][number], { ok: true }>["item"]>().toEqualTypeOf<Output["get"]>();
  const typed = async (client: TRPCClient<AppRouter>) => {
    await client.items.list.query({ where: { name: { startsWith: "A" } }, orderBy: [["name", "asc"]] });
    await client.items.patch.mutate([{ id: "a" }, { set: { name: "b" }, append: { tags: "new" } }]);
    // @ts-expect-error: no field of an item
    await client.items.list.query({ where: { colour: { eq: "red" } } });
    // @ts-expect-error: a name is no number
    await client.items.patch.mutate([{ id: "a" }, { set: { name: 1 } }]);
    const twoKeys = [
      ["name", "asc"],
      ["id", "asc"],
    ] as const;
    // @ts-expect-error: no index serves two keys
    await client.items.list.query({ orderBy: twoKeys });
  };
  expect(typed).toBeTypeOf("function");
});

describe("one item", () => {
  test("is created once", async () => {
    const item = await api.items.create.mutate({ id: "once", tags: ["a"] });
    expect(item).toMatchObject({ id: "once", pk: "once", name: "unnamed", tags: ["a"] });
    const again = await refusal(api.items.create.mutate({ id: "once" }));
    expect(again.data).toMatchObject({ code: "CONFLICT", httpStatus: 409, reason: "conflict" });
  });

  test("is replaced where it is, over the version that was named", async () => {
    const first = await api.items.create.mutate({ id: "replaced", tags: ["a"] });
    const second = await api.items.replace.mutate([
      { id: "replaced", name: "New" },
      { ifMatch: first._etag },
    ]);
    expect(second).toMatchObject({ name: "New" });
    expect(second).not.toHaveProperty("tags");
    const stale = await refusal(api.items.replace.mutate([{ id: "replaced" }, { ifMatch: first._etag }]));
    expect(stale.data).toMatchObject({ code: "PRECONDITION_FAILED", currentEtag: second._etag });
    const absent = await refusal(api.items.replace.mutate({ id: "absent" }));
    expect(absent.data).toMatchObject({ code: "NOT_FOUND", reason: "not-found" });
  });

  test("is patched: set, remove, increment, append, under conditions", async () => {
    await api.items.create.mutate({ id: "patched", tags: ["a"], data: { size: 1, old: true } });
    const patched = await api.items.patch.mutate([
      { id: "patched" },
      {
        set: { name: "Patched", "data.colour": "red" },
        remove: ["data.old"],
        increment: { "data.size": 2 },
        append: { tags: "b" },
      },
      { where: { "data.size": { lt: 5 } } },
    ]);
    expect(patched).toMatchObject({ name: "Patched", tags: ["a", "b"], data: { size: 3, colour: "red" } });
    const patch = { increment: { "data.size": 1 } };
    const unmet = await refusal(
      api.items.patch.mutate([{ id: "patched" }, patch, { where: { "data.size": { gt: 5 } } }]),
    );
    expect(unmet.data).toMatchObject({ code: "PRECONDITION_FAILED", currentEtag: patched._etag });
    const stale = await refusal(api.items.patch.mutate([{ id: "patched" }, patch, { ifMatch: "other" }]));
    expect(stale.data?.code).toBe("PRECONDITION_FAILED");
    expect((await refusal(api.items.patch.mutate([{ id: "absent" }, patch]))).data?.code).toBe("NOT_FOUND");
  });

  test("cannot be given another id or partition key by a patch", async () => {
    for (const path of ["id", "pk", "_etag", "_ts", "/pk"]) {
      const patch = untyped<{ set: { name: string } }>({ set: { [path]: "new" } });
      const { data, message } = await refusal(api.items.patch.mutate([{ id: "patched" }, patch]));
      expect(data).toMatchObject({ code: "BAD_REQUEST", reason: "invalid" });
      expect(message).toContain("cannot be patched");
    }
  });

  test("is deleted, the version that was named only", async () => {
    const { _etag: etag } = await api.items.create.mutate({ id: "deleted" });
    const stale = await refusal(api.items.delete.mutate([{ id: "deleted" }, { ifMatch: "other" }]));
    expect(stale.data).toMatchObject({ code: "PRECONDITION_FAILED", currentEtag: etag });
    await api.items.delete.mutate([{ id: "deleted" }, { ifMatch: etag }]);
    expect((await refusal(api.items.get.query({ id: "deleted" }))).data?.code).toBe("NOT_FOUND");
    expect((await refusal(api.items.delete.mutate({ id: "deleted" }))).data?.code).toBe("NOT_FOUND");
  });
});

test("what is wrong with an item is said in one form, whichever write and way it came by", async () => {
  const item = untyped<{ id: string }>({ id: "wrong", name: 5, colour: "red" });
  const told = {
    message: "name has to be a string; colour is not a known field.",
    fields: [
      { path: "name", message: "has to be a string" },
      { path: "colour", message: "is not a known field" },
    ],
  };
  for (const name of ["create", "upsert", "replace"] as const) {
    const { message, data } = await refusal(api.items[name].mutate(item));
    expect({ message, fields: data?.fields }, name).toEqual(told);
  }
  const [first, second] = await api.items.bulk.mutate({ items: [item, untyped<{ id: string }>({})] });
  expect(first).toMatchObject({ ok: false, error: told });
  expect(second).toMatchObject({ ok: false, error: { message: "id is missing." } });
  for (const [method, path] of [
    ["POST", ""],
    ["PUT", "/wrong"],
  ] as const) {
    const response = await fetch(`${running.server.url}/api/cosmos/items${path}`, {
      method,
      body: JSON.stringify(item),
    });
    const { detail, fields } = (await response.json()) as { detail: string; fields: unknown };
    expect({ message: detail, fields }, method).toEqual(told);
  }
  const { message } = await refusal(api.items.get.query({ id: "a/b" }));
  expect(message).toMatch(/^id must have none of/);
});

describe("many items", () => {
  test("are read at once: one answer for each key, in order", async () => {
    await Promise.all(["m1", "m2"].map((id) => api.items.upsert.mutate({ id })));
    const answers = await api.items.getMany.query([{ id: "m2" }, { id: "none" }, { id: "m1" }, { id: "m2" }]);
    expect(answers.map((answer) => (answer.ok ? answer.item.id : answer.error.reason))).toEqual([
      "m2",
      "not-found",
      "m1",
      "m2",
    ]);
    const sum = answers.reduce((total, { requestCharge }) => total + requestCharge, 0);
    expect(Number(headers.at(-1)?.get("x-ms-request-charge"))).toBeCloseTo(sum, 1);
  });

  test("are refused together when they are 10,000", async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => ({ id: `k${index}` }));
    const { data, message } = await refusal(api.items.getMany.query(keys));
    expect(data).toMatchObject({ code: "BAD_REQUEST", reason: "invalid" });
    expect(message).toContain("at most 1000 at a time");
    const response = await fetch(`${running.url}/api/cosmos/items:getMany`, {
      method: "POST",
      body: JSON.stringify(keys),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      reason: "invalid",
      detail: expect.stringContaining("1000"),
    });
  });

  test("are written in one call, each with its outcome", async () => {
    const items = [
      { id: "b1" },
      untyped<{ id: string }>({ id: "b/2", colour: "red" }),
      { id: "b3", name: "Three" },
      untyped<{ id: string }>(null),
      { id: "b1", name: "last wins" },
    ];
    const outcomes = await api.items.bulk.mutate({ items });
    const ids = [{ id: "b1" }, { id: "b3" }];
    const stored = await api.items.getMany.query(ids);
    const [first, , third, , last] = outcomes.map((outcome) =>
      outcome.ok ? outcome._etag : outcome.error.reason,
    );
    expect([last, third]).toEqual(stored.map((answer) => answer.ok && answer.item._etag));
    expect(first).not.toBe(last);
    const [, wrong] = outcomes;
    expect(wrong).toMatchObject({ ok: false, error: { fields: [{ path: "id" }, { path: "colour" }] } });
    expect(await api.items.get.query({ id: "b1" })).toMatchObject({ name: "last wins" });
    expect(await api.items.bulk.mutate({ items: [] })).toEqual([]);
    const many = Array.from({ length: 1_001 }, (_, index) => ({ id: `o${index}` }));
    const { data, fields } = await refusal(api.items.bulk.mutate({ items: many }));
    expect([data?.code, fields]).toEqual(["BAD_REQUEST", ["items"]]);
  });

  test("are written as far as it goes when Cosmos DB throttles: the rest says so", async () => {
    // The first is sent alone, the others together.
    running.emulator.faults.add({ operation: "upsertDocument", inBatch: false, delayMs: 0 });
    const { id } = running.emulator.faults.add({
      operation: "upsertDocument",
      count: "always",
      status: 429,
      headers: { "x-ms-retry-after-ms": "250" },
    });
    onTestFinished(() => running.emulator.faults.remove(id));
    const outcomes = await api.items.bulk.mutate({
      items: [{ id: "before" }, { id: "never" }, { id: "after" }],
    });
    expect(outcomes.map((outcome) => (outcome.ok ? undefined : outcome.error.reason))).toEqual([
      undefined,
      "throttled",
      "throttled",
    ]);
    const none = await refusal(api.items.bulk.mutate({ items: [{ id: "none" }] }));
    expect(none.data).toMatchObject({ code: "TOO_MANY_REQUESTS", reason: "throttled" });
    expect(Number(headers.at(-1)?.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("a list", () => {
  test("filters, sorts, and goes on with its cursor", async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `l${index}`);
    await api.items.bulk.mutate({ items: ids.map((id, index) => ({ id, tags: ["list"], data: { index } })) });
    const request = {
      where: { tags: { contains: "list" }, "data.index": { gte: 1 } },
      orderBy: [["id", "desc"]],
      limit: 4,
    } as const;
    const first = await api.items.list.query(request);
    expect(first.items.map(({ id }) => id)).toEqual(["l6", "l5", "l4", "l3"]);
    expect(first.requestCharge).toBeGreaterThan(0);
    const second = await api.items.list.query({ ...request, cursor: first.cursor });
    expect(second.items.map(({ id }) => id)).toEqual(["l2", "l1"]);
    expect(second.cursor).toBeUndefined();
    expect((await api.items.list.query()).items.length).toBeGreaterThan(0);
    expect((await api.items.list.query({ pk: "l0" })).items.map(({ id }) => id)).toEqual(["l0"]);
    const { explain } = await api.items.list.query({ ...request, explain: true });
    expect(explain?.used.single.length).toBeGreaterThan(0);
    const other = await refusal(api.items.list.query({ limit: 4, cursor: first.cursor }));
    expect(other.data).toMatchObject({ code: "BAD_REQUEST", fields: [{ path: "cursor" }] });
    expect(other.message).toContain("of another query");
  });

  test.each([
    ["an unknown field", { where: { colour: { eq: "red" } } }, ["where.colour"]],
    ["a field that is SQL", { where: { "id OR 1=1 --": { eq: "x" } } }, ["where.id OR 1=1 --"]],
    ["an unknown operator", { where: { name: { like: "x" } } }, ["where.name.like"]],
    [
      "an order that no index serves",
      {
        orderBy: [
          ["name", "asc"],
          ["id", "asc"],
        ],
      },
      ["orderBy"],
    ],
    ["no limit that can be", { limit: 1_001 }, ["limit"]],
    ["half an item", { limit: 0.5 }, ["limit"]],
    ["a cursor that is none", { cursor: "made-up" }, ["cursor"]],
    ["several mistakes", { limit: 0, where: { a: 1 }, page: 2 }, ["limit", "page", "where.a"]],
  ])("by %s is refused, every field named", async (_name, input, wanted) => {
    const { data, fields } = await refusal(api.items.list.query(untyped(input)));
    expect(data).toMatchObject({ code: "BAD_REQUEST", httpStatus: 400, reason: "invalid" });
    expect(fields?.sort()).toEqual(wanted);
  });

  test("takes values that are SQL as values", async () => {
    const name = "x' OR 1=1 -- \" \\";
    await api.items.upsert.mutate({ id: "sql", name });
    const { items } = await api.items.list.query({ where: { name: { eq: name } } });
    expect(items.map(({ id }) => id)).toEqual(["sql"]);
  });
});

test("every answer says its charge and its time, of a refused call too, and of a batch the sum", async () => {
  const timing = /^total;dur=\d+\.\d\d, db;dur=\d+\.\d\d$/;
  headers = [];
  await api.items.upsert.mutate({ id: "charged" });
  await refusal(api.items.create.mutate({ id: "charged" }));
  await refusal(api.items.list.query(untyped({ limit: 0 })));
  expect(headers.map((each) => Number(each.get("x-ms-request-charge")) > 0)).toEqual([true, true, false]);
  for (const each of headers) expect(each.get("server-timing")).toMatch(timing);

  const batched: Headers[] = [];
  const batch = createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: `${running.url}/trpc`,
        fetch: async (input, init) => {
          const response = await fetch(input, init as RequestInit);
          batched.push(response.headers);
          return response;
        },
      }),
    ],
  });
  const alone: number[] = [];
  for (const id of ["charged", "absent"]) {
    await api.items.get.query({ id }).catch(() => undefined);
    alone.push(Number(headers.at(-1)?.get("x-ms-request-charge")));
  }
  await Promise.allSettled([
    batch.items.get.query({ id: "charged" }),
    batch.items.get.query({ id: "absent" }),
  ]);
  const [one] = batched;
  expect(Number(one?.get("x-ms-request-charge"))).toBeCloseTo((alone[0] ?? 0) + (alone[1] ?? 0), 1);
  expect(one?.get("server-timing")).toMatch(timing);
  const [total, database] = [...(one?.get("server-timing") ?? "").matchAll(/dur=([\d.]+)/g)].map(durationOf);
  expect(database).toBeLessThanOrEqual(total ?? 0);
});

test("what is stored and is no item is left out of a list, counted, and told to the operator alone", async () => {
  const configuration = configurationOf(running.emulator.env);
  const endpoint = { ...configuration.endpoint, key: running.emulator.key };
  const client = createCosmosClient({ ...configuration, endpoint }, createCredential());
  onTestFinished(() => client.dispose());
  const container = client.database(configuration.database).container("items");
  await container.items.create({ id: "unfit", pk: "unfit", name: 5, secret: "inside" });
  await api.items.create.mutate({ id: "fit", pk: "unfit" });
  const page = await api.items.list.query({ pk: "unfit" });
  expect(page).toMatchObject({ items: [{ id: "fit" }], unfit: 1 });
  expect(JSON.stringify(page)).not.toContain("inside");
  const told = await running.server.logged(({ msg }) => msg.includes('"id":"unfit"'));
  expect(told.msg).toContain("name: has to be a string");
  const sentence = "This item does not fit its schema, as it is stored. The server's log says which fields.";
  const got = await refusal(api.items.get.query({ id: "unfit" }));
  expect(got).toMatchObject({ message: sentence, data: { reason: "misconfigured" } });
  // Of an item that only getMany reads.
  await container.items.create({ id: "unfit too", pk: "unfit", tags: 5, secret: "inside" });
  const [one] = await api.items.getMany.query([{ id: "unfit too", pk: "unfit" }]);
  expect(one).toMatchObject({ ok: false, error: { message: sentence, reason: "misconfigured" } });
  const log = await running.server.logged(({ msg }) => msg.includes('"id":"unfit too"'));
  expect(log.msg).toContain("tags: has to be an array");
  const patched = await refusal(api.items.patch.mutate([{ id: "unfit" }, { set: { tags: [] } }]));
  expect(patched).toMatchObject({ data: { reason: "invalid" }, fields: [] });
  for (const answer of [got, one, patched]) expect(JSON.stringify(answer)).not.toMatch(/inside|secret/);
  for (const id of ["unfit", "unfit too"]) await container.item(id, "unfit").delete();
});

const durationOf = ([, text]: RegExpMatchArray): number => Number(text);
