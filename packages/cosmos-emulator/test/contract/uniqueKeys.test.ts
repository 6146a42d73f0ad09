import type { Container, OperationInput, UniqueKeyPolicy } from "@azure/cosmos";
import { expect, it } from "vitest";
import { openAccount, refusal } from "./account.ts";

const account = await openAccount();

const newContainer = (...paths: string[][]): Promise<Container> =>
  account.newContainer("/pk", { uniqueKeyPolicy: { uniqueKeys: paths.map((list) => ({ paths: list })) } });

const conflict = { code: 409 };

it("keeps the policy in the container's definition", async () => {
  const container = await newContainer(["/email"], ["/name/first", "/name/last"]);
  const { resource } = await container.read();
  expect(resource?.uniqueKeyPolicy).toEqual({
    uniqueKeys: [{ paths: ["/email"] }, { paths: ["/name/first", "/name/last"] }],
  });
});

it("refuses by every kind of write what another document of the partition key has", async () => {
  const container = await newContainer(["/email"]);
  const { items } = container;
  await items.create({ id: "a", pk: "p", email: "a@x" });
  await items.create({ id: "b", pk: "p", email: "b@x" });
  const taken = { pk: "p", email: "a@x" };
  const refused = [
    () => items.create({ id: "c", ...taken }),
    () => items.upsert({ id: "c", ...taken }),
    () => items.upsert({ id: "b", ...taken }),
    () => container.item("b", "p").replace({ id: "b", ...taken }),
    () => container.item("b", "p").patch([{ op: "set", path: "/email", value: "a@x" }]),
  ];
  for (const call of refused) expect(await refusal(call())).toMatchObject(conflict);
  expect((await container.item("b", "p").read()).resource).toMatchObject({ email: "b@x" });
  expect((await container.item("c", "p").read()).statusCode).toBe(404);
  expect((await items.create({ id: "c", pk: "other", email: "a@x" })).statusCode).toBe(201);
});

it("lets a document keep its own values, and gives back those that it leaves", async () => {
  const container = await newContainer(["/email"]);
  const { items } = container;
  await items.create({ id: "a", pk: "p", email: "a@x" });
  expect((await items.upsert({ id: "a", pk: "p", email: "a@x", n: 1 })).statusCode).toBe(200);
  await container.item("a", "p").patch([{ op: "set", path: "/email", value: "new@x" }]);
  expect((await items.create({ id: "b", pk: "p", email: "a@x" })).statusCode).toBe(201);
  expect(await refusal(items.create({ id: "c", pk: "p", email: "new@x" }))).toMatchObject(conflict);
  await container.item("a", "p").delete();
  expect((await items.create({ id: "c", pk: "p", email: "new@x" })).statusCode).toBe(201);
});

it("takes what is missing for null, and for one document only", async () => {
  const { items } = await newContainer(["/email"]);
  await items.create({ id: "a", pk: "p" });
  expect(await refusal(items.create({ id: "b", pk: "p" }))).toMatchObject(conflict);
  expect(await refusal(items.create({ id: "b", pk: "p", email: null }))).toMatchObject(conflict);
  expect(await refusal(items.create({ id: "b", pk: "p", Email: "a@x" }))).toMatchObject(conflict);
  expect((await items.create({ id: "b", pk: "q" })).statusCode).toBe(201);
});

it("tells values apart by type and by case, however long they are", async () => {
  const { items } = await newContainer(["/value"]);
  const long = "x".repeat(5_000);
  const values = [1, "1", true, "true", false, null, "a", "A", "", 0, `${long}a`, `${long}b`];
  for (const [index, value] of values.entries()) {
    expect((await items.create({ id: `i-${index}`, pk: "p", value })).statusCode).toBe(201);
  }
  for (const value of values) {
    expect(await refusal(items.create({ id: "again", pk: "p", value }))).toMatchObject(conflict);
  }
});

it("counts all paths of a constraint together, and each constraint by itself", async () => {
  const { items } = await newContainer(["/a", "/in/b"], ["/c"]);
  await items.create({ id: "1", pk: "p", a: 1, in: { b: 1 }, c: 1 });
  expect((await items.create({ id: "2", pk: "p", a: 1, in: { b: 2 }, c: 2 })).statusCode).toBe(201);
  expect(await refusal(items.create({ id: "3", pk: "p", a: 1, in: { b: 2 }, c: 3 }))).toMatchObject(conflict);
  expect(await refusal(items.create({ id: "3", pk: "p", a: 2, in: { b: 2 }, c: 2 }))).toMatchObject(conflict);
});

it("holds within a batch, and forgets what a failed batch had taken", async () => {
  const { items } = await newContainer(["/email"]);
  const create = (id: string, email: string): OperationInput => ({
    operationType: "Create",
    resourceBody: { id, pk: "p", email },
  });
  const failed = await items.batch([create("a", "a@x"), create("b", "a@x")], "p");
  expect(failed.result?.map(({ statusCode }) => statusCode)).toEqual([424, 409]);
  const swapped = await items.batch(
    [
      create("a", "a@x"),
      { operationType: "Delete", id: "a" },
      create("b", "a@x"),
      { operationType: "Replace", id: "b", resourceBody: { id: "b", pk: "p", email: "b@x" } },
      create("c", "a@x"),
    ],
    "p",
  );
  expect(swapped.result?.map(({ statusCode }) => statusCode)).toEqual([201, 204, 201, 200, 201]);
});

it("lets one of many writers of the same value through", async () => {
  const { items } = await newContainer(["/email"]);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 16 }, (_, n) => items.create({ id: `w-${n}`, pk: "p", email: "one@x" })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

it.each([
  ["11 constraints", { uniqueKeys: Array.from({ length: 11 }, (_, n) => ({ paths: [`/p${n}`] })) }],
  ["17 paths", { uniqueKeys: [{ paths: Array.from({ length: 17 }, (_, n) => `/p${n}`) }] }],
  ["no paths", { uniqueKeys: [{ paths: [] }] }],
  ["a path without its slash", { uniqueKeys: [{ paths: ["email"] }] }],
  ["a path with a wildcard", { uniqueKeys: [{ paths: ["/tags/*"] }] }],
  ["a path of an array's elements", { uniqueKeys: [{ paths: ["/tags/[]"] }] }],
  ["a path twice", { uniqueKeys: [{ paths: ["/a", "/a"] }] }],
  ["a path that is a number", { uniqueKeys: [{ paths: [1] }] }],
  ["constraints that are no array", { uniqueKeys: {} }],
  ["a text", "unique"],
])("refuses a policy with %s", async (_, uniqueKeyPolicy) => {
  const call = account.newContainer("/pk", { uniqueKeyPolicy: uniqueKeyPolicy as UniqueKeyPolicy });
  expect(await refusal(call)).toMatchObject({ code: 400 });
});

it("takes 10 constraints, and one of 16 paths", async () => {
  await newContainer(...Array.from({ length: 10 }, (_, n) => [`/p${n}`]));
  await newContainer(Array.from({ length: 16 }, (_, n) => `/p${n}`));
});

it("refuses to change a container's unique keys", async () => {
  const container = await newContainer(["/email"]);
  const { resource } = await container.read();
  if (resource === undefined) throw new Error("The container has no definition.");
  const { uniqueKeyPolicy: _, ...rest } = resource;
  expect(await refusal(container.replace(rest as never))).toMatchObject({ code: 403 });
  expect((await container.replace({ ...resource, defaultTtl: 60 })).statusCode).toBe(200);
});
