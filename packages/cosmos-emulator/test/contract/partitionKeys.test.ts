import { randomUUID } from "node:crypto";
import { type Container, type PartitionKey, PartitionKeyBuilder } from "@azure/cosmos";
import fc from "fast-check";
import { expect, it } from "vitest";
import { codePoint } from "../../../../vitest.codePoint.ts";
import { docsPath, emulatorIt, keyHeader, openAccount, refusal } from "./account.ts";

const account = await openAccount();
const container = await account.newContainer();

it("refuses a document whose partition key is not the request's, with 1001", async () => {
  const path = docsPath(container);
  const body = JSON.stringify({ id: randomUUID(), pk: "p" });
  const answer = await account.raw({ method: "POST", path, headers: keyHeader("q"), body });
  expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([400, "1001"]);
  const upsert = { ...keyHeader("q"), "x-ms-documentdb-is-upsert": "True" };
  const upserted = await account.raw({ method: "POST", path, headers: upsert, body });
  expect([upserted.status, upserted.headers["x-ms-substatus"]]).toEqual([400, "1001"]);
});

it("refuses a replace that would move a document to another partition", async () => {
  const id = randomUUID();
  await container.items.create({ id, pk: "p" });
  expect(await refusal(container.item(id, "p").replace({ id, pk: "q" }))).toMatchObject({ code: 400 });
  expect((await container.item(id, "q").read()).statusCode).toBe(404);
});

it("refuses document operations without a partition key", async () => {
  const path = docsPath(container);
  const id = randomUUID();
  const body = JSON.stringify({ id, pk: "p" });
  expect((await account.raw({ method: "POST", path, body })).status).toBe(400);
  await container.items.create({ id, pk: "p" });
  for (const method of ["GET", "DELETE"]) {
    expect((await account.raw({ method, path: `${path}/${id}` })).status).toBe(400);
  }
  expect((await account.raw({ method: "PUT", path: `${path}/${id}`, body })).status).toBe(400);
  expect((await container.item(id, "p").read()).statusCode).toBe(200);
});

it.each(["p", '"p"', '{"pk":"p"}', "[", '[["p"]]', '[{"a":1}]', '["p","q"]', "[]"])(
  "refuses the partition key header %s",
  async (value) => {
    const headers = { "x-ms-documentdb-partitionkey": value };
    const answer = await account.raw({ path: `${docsPath(container)}/none`, headers });
    expect([answer.status, answer.json()["code"]]).toEqual([400, "BadRequest"]);
  },
);

it.each<[string, PartitionKey]>([
  ["a string", "p"],
  ["an empty string", ""],
  ["a number", 1],
  ["zero", 0],
  ["a negative fraction", -1.5],
  ["the text of a number", "1"],
  ["true", true],
  ["the text true", "true"],
  ["false", false],
  ["null", null],
  ["the text null", "null"],
])("keeps %s apart from all other keys", async (_, key) => {
  const own = await account.newContainer();
  const id = randomUUID();
  expect((await own.items.create({ id, pk: key })).statusCode).toBe(201);
  const others: PartitionKey[] = ["p", "", 1, 0, -1.5, "1", true, "true", false, null, "null"];
  for (const other of others) {
    expect([other, (await own.item(id, other).read()).statusCode]).toEqual([
      other,
      other === key ? 200 : 404,
    ]);
  }
});

it.each([
  ["lacks the path", {}],
  ["has an object there", { pk: { a: 1 } }],
  ["has an array there", { pk: ["p"] }],
])("has a document that %s under no key", async (_, rest) => {
  const id = randomUUID();
  const path = docsPath(container);
  const headers = keyHeader({});
  const created = await account.raw({ method: "POST", path, headers, body: JSON.stringify({ id, ...rest }) });
  expect(created.status).toBe(201);
  expect((await account.raw({ path: `${path}/${id}`, headers })).status).toBe(200);
  expect((await account.raw({ path: `${path}/${id}`, headers: keyHeader(null) })).status).toBe(404);
  expect((await account.raw({ method: "DELETE", path: `${path}/${id}`, headers })).status).toBe(204);
});

it("lets the SDK create and read a document under no key", async () => {
  const own = await account.newContainer({ paths: ["/pk"], version: 2 });
  const id = randomUUID();
  await own.items.create({ id });
  expect((await own.item(id, undefined).read()).statusCode).toBe(200);
});

it("finds a nested key", async () => {
  const own = await account.newContainer("/a/b");
  const id = randomUUID();
  await own.items.create({ id, a: { b: "deep" } });
  expect((await own.item(id, "deep").read()).resource).toMatchObject({ a: { b: "deep" } });
});

it("finds a key under a quoted path", async () => {
  const own = await account.newContainer('/"a/b c"/"d"');
  const headers = keyHeader("quoted");
  const body = JSON.stringify({ id: "x", "a/b c": { d: "quoted" } });
  const created = await account.raw({ method: "POST", path: docsPath(own), headers, body });
  expect(created.status).toBe(201);
  expect((await own.item("x", "quoted").read()).statusCode).toBe(200);
});

async function hierarchical(): Promise<Container> {
  return account.newContainer({
    paths: ["/tenant", "/user", "/session"],
    kind: "MultiHash",
    version: 2,
  } as never);
}

it("keeps documents under a hierarchical key", async () => {
  const own = await hierarchical();
  const id = randomUUID();
  await own.items.create({ id, tenant: "t", user: 1, session: "s" });
  expect((await own.item(id, ["t", 1, "s"]).read()).statusCode).toBe(200);
  expect((await own.item(id, ["t", "1", "s"]).read()).statusCode).toBe(404);
  expect((await own.item(id, ["t", 1, "other"]).read()).statusCode).toBe(404);
  await own.item(id, ["t", 1, "s"]).replace({ id, tenant: "t", user: 1, session: "s", more: true });
  expect((await own.item(id, ["t", 1, "s"]).delete()).statusCode).toBe(204);
});

it("keeps null and nothing apart in a hierarchical key", async () => {
  const own = await hierarchical();
  const id = randomUUID();
  await own.items.create({ id, tenant: "t", user: null });
  const key = new PartitionKeyBuilder().addValue("t").addNullValue().addNoneValue().build();
  expect((await own.item(id, key).read()).statusCode).toBe(200);
  const other = new PartitionKeyBuilder().addValue("t").addNoneValue().addNoneValue().build();
  expect((await own.item(id, other).read()).statusCode).toBe(404);
});

it("refuses a point read with a prefix of a hierarchical key", async () => {
  const own = await hierarchical();
  await own.items.create({ id: "a", tenant: "t", user: "u", session: "s" });
  const answer = await account.raw({ path: `${docsPath(own)}/a`, headers: keyHeader("t", "u") });
  expect(answer.status).toBe(400);
});

it("takes a key longer than version 1 hashes, and tells it from others", async () => {
  const own = await account.newContainer({ paths: ["/pk"], version: 1 as never });
  const keys = ["a", "b"].map((end) => "x".repeat(200) + end);
  for (const pk of keys) await own.items.create({ id: "same", pk });
  for (const pk of keys) expect((await own.item("same", pk).read()).resource).toMatchObject({ pk });
});

it("takes a key of 2,048 bytes and refuses one byte more", async () => {
  const own = await account.newContainer({ paths: ["/pk"], version: 2 });
  const pk = "ü".repeat(1024);
  expect((await own.items.create({ id: "a", pk })).statusCode).toBe(201);
  expect((await own.item("a", pk).read()).statusCode).toBe(200);
  expect(await refusal(own.items.create({ id: "b", pk: `${pk}x` }))).toMatchObject({ code: 400 });
});

emulatorIt("takes any key of a document back", "its many requests", async () => {
  const scalar = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 200 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  await fc.assert(
    fc.asyncProperty(scalar, async (pk) => {
      const id = randomUUID();
      const created = await container.items.create({ id, pk });
      expect(created.statusCode).toBe(201);
      expect((await container.item(id, pk).read()).resource).toEqual(created.resource);
    }),
    { numRuns: 100 },
  );
});
