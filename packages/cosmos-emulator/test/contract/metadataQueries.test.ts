import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { openAccount } from "./account.ts";

const account = await openAccount();
const { client, database } = account;

it("finds databases by a query", async () => {
  const query = {
    query: "SELECT * FROM root r WHERE r.id = @id",
    parameters: [{ name: "@id", value: database.id }],
  };
  const { resources } = await client.databases.query(query).fetchAll();
  expect(resources).toEqual([(await database.read()).resource]);
});

it("finds containers by a query, page by page", async () => {
  const ids = ["c", "a", "b"].map((name) => `${name}-${randomUUID()}`);
  for (const id of ids) await database.containers.create({ id, partitionKey: "/pk" });
  const path = `/dbs/${database.id}/colls`;
  const body = JSON.stringify({
    query: "SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(@ids, c.id) ORDER BY c.id",
    parameters: [{ name: "@ids", value: ids }],
  });
  const headers = { "content-type": "application/query+json", "x-ms-max-item-count": "2" };
  const first = await account.raw({ method: "POST", path, headers, body });
  expect([first.status, first.json()["DocumentCollections"]]).toEqual([200, [ids[1], ids[2]]]);

  const continuation = String(first.headers["x-ms-continuation"]);
  const next = { ...headers, "x-ms-continuation": continuation };
  const second = await account.raw({ method: "POST", path, headers: next, body });
  expect(second.json()).toMatchObject({ DocumentCollections: [ids[0]], _count: 1 });
  expect(second.headers["x-ms-continuation"]).toBeUndefined();
});

it("refuses a query over containers that is no SQL, and a database that is not there", async () => {
  const headers = { "content-type": "application/query+json" };
  const body = '{"query":"SELEC *"}';
  const syntax = await account.raw({ method: "POST", path: `/dbs/${database.id}/colls`, headers, body });
  expect([syntax.status, syntax.text]).toEqual([400, expect.stringContaining("SC1001")]);
  const missing = await account.raw({ method: "POST", path: "/dbs/none/colls", headers, body });
  expect(missing.status).toBe(404);
});

it("lists containers page by page, each once", async () => {
  const ids = Array.from({ length: 5 }, () => `listed-${randomUUID()}`);
  for (const id of ids) await database.containers.create({ id, partitionKey: "/pk" });
  const found: string[] = [];
  const pages = database.containers.readAll({ maxItemCount: 2 }).getAsyncIterator();
  for await (const { resources } of pages) {
    expect(resources.length).toBeLessThanOrEqual(2);
    found.push(...resources.map(({ id }) => id));
  }
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(ids));
});
