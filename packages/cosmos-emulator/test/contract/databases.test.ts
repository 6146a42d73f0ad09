import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { openAccount, refusal } from "./account.ts";

const account = await openAccount();
const { client } = account;

it("reads the account, whose id is not localhost", async () => {
  const answer = await account.raw({ path: "/" });
  expect(answer.status).toBe(200);
  const body = answer.json();
  expect(body["id"]).not.toBe("localhost");
  expect(body["userConsistencyPolicy"]).toMatchObject({ defaultConsistencyLevel: expect.any(String) });
  const { resource } = await client.getDatabaseAccount();
  expect(resource?.writableLocations.length).toBeGreaterThan(0);
  expect(resource?.readableLocations.map(({ databaseAccountEndpoint }) => databaseAccountEndpoint)).toContain(
    resource?.writableLocations[0]?.databaseAccountEndpoint,
  );
});

it("creates, reads, lists and deletes a database", async () => {
  const id = `db-${randomUUID()}`;
  const created = await client.databases.create({ id });
  expect(created.statusCode).toBe(201);
  expect(created.resource).toMatchObject({ id, _rid: expect.any(String), _etag: expect.any(String) });
  const read = await client.database(id).read();
  expect(read.statusCode).toBe(200);
  expect(read.resource).toEqual(created.resource);
  const { resources } = await client.databases.readAll().fetchAll();
  expect(resources.map((database) => database.id)).toContain(id);
  const deleted = await client.database(id).delete();
  expect(deleted.statusCode).toBe(204);
  expect(await refusal(client.database(id).read())).toMatchObject({ code: 404 });
});

it("refuses a database of a name that is taken", async () => {
  const id = `db-${randomUUID()}`;
  await client.databases.create({ id });
  expect(await refusal(client.databases.create({ id }))).toMatchObject({ code: 409 });
  await client.database(id).delete();
});

it("takes a name with a percent sign, spaces and letters beyond ASCII", async () => {
  const id = `100% größe 数 ${randomUUID()}`;
  await client.databases.create({ id });
  const { container } = await client.database(id).containers.create({ id, partitionKey: "/pk" });
  await container.items.create({ id: "a", pk: "p" });
  expect((await container.item("a", "p").read()).statusCode).toBe(200);
  await client.database(id).delete();
});

it.each([
  ["a slash", { id: "a/b" }],
  ["a backslash", { id: "a\\b" }],
  ["a question mark", { id: "a?b" }],
  ["a number sign", { id: "a#b" }],
  ["a space at the end", { id: "a " }],
  ["256 characters", { id: "x".repeat(256) }],
  ["nothing", { id: "" }],
  ["a number", { id: 1 }],
  ["no name", {}],
])("refuses a database whose name is or has %s", async (_, body) => {
  const answer = await account.raw({ method: "POST", path: "/dbs", body: JSON.stringify(body) });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ code: "BadRequest" });
});

it("answers 304 to a database that the client has", async () => {
  const path = `/dbs/${account.database.id}`;
  const { etag } = (await account.raw({ path })).headers;
  const again = await account.raw({ path, headers: { "if-none-match": String(etag) } });
  expect([again.status, again.text]).toEqual([304, ""]);
});

it("deletes a database only when If-Match holds", async () => {
  const id = `db-${randomUUID()}`;
  const { resource } = await client.databases.create({ id });
  const path = `/dbs/${id}`;
  const refused = await account.raw({ method: "DELETE", path, headers: { "if-match": '"other"' } });
  expect(refused.status).toBe(412);
  const done = await account.raw({ method: "DELETE", path, headers: { "if-match": resource?._etag ?? "" } });
  expect(done.status).toBe(204);
});

it("deletes a database's containers with it", async () => {
  const id = `db-${randomUUID()}`;
  await client.databases.create({ id });
  await client.database(id).containers.create({ id: "c", partitionKey: "/pk" });
  await client.database(id).container("c").items.create({ id: "a", pk: "p" });
  await client.database(id).delete();
  await client.databases.create({ id });
  const { resources } = await client.database(id).containers.readAll().fetchAll();
  expect(resources).toEqual([]);
  const { container } = await client.database(id).containers.create({ id: "c", partitionKey: "/pk" });
  expect((await container.item("a", "p").read()).statusCode).toBe(404);
  await client.database(id).delete();
});
