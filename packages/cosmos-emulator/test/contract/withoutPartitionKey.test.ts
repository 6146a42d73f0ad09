import { randomUUID } from "node:crypto";
import type { Container, OperationInput } from "@azure/cosmos";
import { expect, it } from "vitest";
import { docsPath, openAccount, refusal } from "./account.ts";

const account = await openAccount({ physicalPartitions: 3 });
const old = { "x-ms-version": "2018-06-18" };

/** A container as clients of before 2018-12-31 make it, and as a client of today sees it. */
async function newContainer(): Promise<Container> {
  const id = `c-${randomUUID()}`;
  const path = `/dbs/${account.database.id}/colls`;
  const created = await account.raw({ method: "POST", path, headers: old, body: JSON.stringify({ id }) });
  expect(created.status).toBe(201);
  return account.database.container(id);
}

it("has a container without a partition key for clients of an old version alone", async () => {
  const container = await newContainer();
  const { resource } = await container.read();
  expect(resource?.partitionKey).toMatchObject({ paths: ["/_partitionKey"], systemKey: true });
  expect((await container.readPartitionKeyRanges().fetchAll()).resources).toHaveLength(1);
  for (const version of ["2018-12-31", "2020-07-15"]) {
    const answer = await account.raw({
      method: "POST",
      path: `/dbs/${account.database.id}/colls`,
      headers: { "x-ms-version": version },
      body: JSON.stringify({ id: randomUUID() }),
    });
    expect(answer.status).toBe(400);
  }
});

it("serves its items to a client of today", async () => {
  const container = await newContainer();
  const created = await container.items.create({ id: "a", step: 1 });
  expect((await container.item("a").read()).resource).toEqual(created.resource);
  await container.items.upsert({ id: "b", step: 1 });
  await container.item("a").replace({ id: "a", step: 2 });
  await container.item("b").patch([{ op: "incr", path: "/step", value: 5 }]);
  expect(
    (await container.items.query("SELECT VALUE c.step FROM c ORDER BY c.step").fetchAll()).resources,
  ).toEqual([2, 6]);
  expect((await container.items.readAll().fetchAll()).resources).toHaveLength(2);
  const operations: OperationInput[] = [
    { operationType: "Read", id: "a" },
    { operationType: "Delete", id: "b" },
  ];
  expect((await container.items.bulk(operations)).map(({ statusCode }) => statusCode)).toEqual([200, 204]);
  await container.item("a").delete();
  expect((await container.item("a").read()).statusCode).toBe(404);
});

it("serves its items to requests that name no partition key", async () => {
  const path = docsPath(await newContainer());
  const body = (step: number): string => JSON.stringify({ id: "a", step });
  const statuses = [
    await account.raw({ method: "POST", path, headers: old, body: body(1) }),
    await account.raw({ method: "PUT", path: `${path}/a`, headers: old, body: body(2) }),
    await account.raw({ path: `${path}/a`, headers: old }),
    await account.raw({ method: "DELETE", path: `${path}/a`, headers: old }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([201, 200, 200, 204]);
});

it("shows old clients no partition key that they did not define, and answers their queries", async () => {
  const container = await newContainer();
  const path = `/dbs/${account.database.id}/colls/${container.id}`;
  expect((await account.raw({ path, headers: old })).json()).not.toHaveProperty("partitionKey");
  await container.items.create({ id: "a", n: 1 });
  await container.items.create({ id: "b", n: 2 });
  const asked = await account.raw({
    method: "POST",
    path: `${path}/docs`,
    headers: { ...old, "content-type": "application/query+json", "x-ms-documentdb-isquery": "true" },
    body: JSON.stringify({ query: "SELECT VALUE SUM(c.n) FROM c" }),
  });
  expect([asked.status, asked.json()["Documents"]]).toEqual([200, [3]]);
  const partitioned = await account.newContainer();
  const shown = await account.raw({
    path: `/dbs/${account.database.id}/colls/${partitioned.id}`,
    headers: old,
  });
  expect(shown.json()["partitionKey"]).toEqual({ paths: ["/pk"], kind: "Hash" });
});

it("can be partitioned by the property of that name from then on", async () => {
  const container = await newContainer();
  await container.items.create({ id: "a" });
  await container.items.create({ id: "a", _partitionKey: "p" });
  expect((await container.item("a", "p").read()).resource).toMatchObject({ _partitionKey: "p" });
  expect((await container.item("a").read()).resource).not.toHaveProperty("_partitionKey");
  const { resources } = await container.items.query("SELECT * FROM c", { partitionKey: "p" }).fetchAll();
  expect(resources).toHaveLength(1);
});

it("keeps its key when it is replaced, and takes no other", async () => {
  const container = await newContainer();
  const { resource } = await container.read();
  const replaced = await container.replace({ ...resource, id: container.id, defaultTtl: 60 });
  expect(replaced.resource).toMatchObject({ defaultTtl: 60, partitionKey: { systemKey: true } });
  const other = { id: container.id, partitionKey: { paths: ["/pk"] } };
  expect(await refusal(container.replace(other))).toMatchObject({ code: 400 });
});
