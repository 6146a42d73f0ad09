import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { CosmosClient, type ErrorResponse } from "@azure/cosmos";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInRoleIds, type Emulator, InputError, startEmulator } from "../../src/index.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";

const prefix = "Microsoft.DocumentDB/databaseAccounts/";
const items = "sqlDatabases/containers/items";
const metadata = `${prefix}readMetadata`;
const id = (last: number): string => `aaaaaaaa-0000-0000-0000-${String(last).padStart(12, "0")}`;

/** The principals of these tests: a managed identity each, with the roles that its name says. */
const clientIds = {
  nobody: id(0),
  contributor: id(1),
  reader: id(2),
  writerOfB: id(3),
  readerOfDatabase: id(4),
  containerActions: id(5),
  itemActions: id(6),
  creator: id(7),
  member: id(8),
} as const;
type Name = keyof typeof clientIds;
const group = id(99);

let emulator: Emulator;
let ca: string;
let agent: Agent;
let admin: CosmosClient;
let rids: { database: string; container: string };

beforeAll(async () => {
  emulator = await startEmulator({
    roleDefinitions: [
      {
        id: "container-actions",
        name: "Containers",
        dataActions: [metadata, `${prefix}sqlDatabases/containers/*`],
      },
      { id: "item-actions", name: "Items", dataActions: [metadata, `${prefix}${items}/*`] },
      // Without the prefix, in another case.
      { id: "creator", name: "Creator", dataActions: ["readMetadata", `${items}/CREATE`] },
    ],
    identities: [
      { name: "nobody", clientId: clientIds.nobody },
      { name: "contributor", clientId: clientIds.contributor, roles: [builtInRoleIds.dataContributor] },
      { name: "reader", clientId: clientIds.reader, roles: ["Cosmos DB Built-in Data Reader"] },
      {
        name: "writerOfB",
        clientId: clientIds.writerOfB,
        roles: [{ role: builtInRoleIds.dataContributor, scope: "/dbs/a/colls/b" }],
      },
      {
        name: "readerOfDatabase",
        clientId: clientIds.readerOfDatabase,
        roles: [{ role: builtInRoleIds.dataReader, scope: "/dbs/a" }],
      },
      { name: "containerActions", clientId: clientIds.containerActions, roles: ["Containers"] },
      { name: "itemActions", clientId: clientIds.itemActions, roles: ["item-actions"] },
      { name: "creator", clientId: clientIds.creator, roles: ["Creator"] },
      { name: "member", clientId: clientIds.member, groups: [group] },
    ],
  });
  emulator.roles.assign({ principal: group, role: builtInRoleIds.dataReader });
  ca = readFileSync(emulator.caFile, "utf8");
  agent = new Agent({ ca, keepAlive: true });
  admin = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
  for (const name of ["a", "z"]) {
    const { database, resource } = await admin.databases.create({ id: name });
    for (const container of ["b", "c"]) {
      const created = await database.containers.create({ id: container, partitionKey: "/pk" });
      await created.container.items.create({ id: "1", pk: "p" });
      if (name === "a" && container === "b") {
        rids = { database: resource?._rid ?? "", container: created.resource?._rid ?? "" };
      }
    }
  }
});
afterAll(async () => {
  admin.dispose();
  agent.destroy();
  await emulator.close();
});

async function tokenOf(name: Name): Promise<string> {
  const { origin, pathname } = new URL(emulator.env["IDENTITY_ENDPOINT"] ?? "");
  const resource = encodeURIComponent(emulator.endpoint);
  const answer = await send({
    origin,
    path: `${pathname}?api-version=2019-08-01&resource=${resource}&client_id=${clientIds[name]}`,
    headers: { "x-identity-header": emulator.env["IDENTITY_HEADER"] ?? "" },
  });
  expect(answer.status).toBe(200);
  return String(answer.json()["access_token"]);
}

async function as(name: Name, method: string, path: string, rest: { upsert?: true; id?: string } = {}) {
  const headers: Record<string, string> = {
    authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${await tokenOf(name)}`),
    "x-ms-documentdb-partitionkey": '["p"]',
    ...(rest.upsert && { "x-ms-documentdb-is-upsert": "true" }),
  };
  const body = JSON.stringify({ id: rest.id ?? "1", pk: "p" });
  const hasBody = method === "POST" || method === "PUT";
  return send({ method, origin: emulator.endpoint, path, ca, headers, ...(hasBody && { body }) });
}

function expectMissing(answer: WireAnswer, action: string, resource: string): void {
  expect([answer.status, answer.headers["x-ms-substatus"]]).toEqual([403, "5301"]);
  const { code, message } = answer.json();
  expect(code).toBe("Forbidden");
  expect(message).toMatch(/principal \[[0-9a-f-]{36}\] does not have required RBAC permissions/);
  expect(message).toContain(`perform action [${prefix}${action}] on resource [${resource}]`);
}

const document = "/dbs/a/colls/b/docs/1";

it("lets a principal without a role do nothing", async () => {
  expectMissing(await as("nobody", "GET", "/"), "readMetadata", "/");
  expectMissing(await as("nobody", "GET", "/dbs"), "readMetadata", "/");
  expectMissing(await as("nobody", "GET", "/dbs/a"), "readMetadata", "dbs/a");
  expectMissing(await as("nobody", "GET", document), `${items}/read`, "dbs/a/colls/b");
});

it("lets a Data Contributor read and write items, and make no container", async () => {
  expect((await as("contributor", "GET", "/")).status).toBe(200);
  expect((await as("contributor", "POST", "/dbs/a/colls/c/docs", { id: "2" })).status).toBe(201);
  expect((await as("contributor", "POST", "/dbs/a/colls/c/docs", { id: "2", upsert: true })).status).toBe(
    200,
  );
  expect((await as("contributor", "PUT", "/dbs/a/colls/c/docs/2", { id: "2" })).status).toBe(200);
  expect((await as("contributor", "DELETE", "/dbs/a/colls/c/docs/2")).status).toBe(204);
  const refused = await as("contributor", "POST", "/dbs/a/colls");
  expect([refused.status, refused.headers["x-ms-substatus"]]).toEqual([403, "5300"]);
  expect(refused.json()["message"]).toContain(
    "The given request [POST /dbs/a/colls] cannot be authorized by AAD token in data plane.",
  );
});

it.each([
  ["POST", "/dbs/a/colls/b/docs", "create", {}],
  ["POST", "/dbs/a/colls/b/docs", "upsert", { upsert: true }],
  ["PUT", document, "replace", {}],
  ["DELETE", document, "delete", {}],
] as const)("lets a Data Reader read and not %s %s (%s)", async (method, path, action, rest) => {
  expect((await as("reader", "GET", document)).status).toBe(200);
  expectMissing(await as("reader", method, path, rest), `${items}/${action}`, "dbs/a/colls/b");
});

it("keeps a role on a container to that container", async () => {
  expect((await as("writerOfB", "GET", "/")).status).toBe(200);
  expect((await as("writerOfB", "GET", "/dbs/a/colls/b")).status).toBe(200);
  expect((await as("writerOfB", "GET", document)).status).toBe(200);
  expectMissing(await as("writerOfB", "GET", "/dbs/a/colls/c/docs/1"), `${items}/read`, "dbs/a/colls/c");
  expectMissing(await as("writerOfB", "GET", "/dbs/z/colls/b/docs/1"), `${items}/read`, "dbs/z/colls/b");
  expectMissing(await as("writerOfB", "GET", "/dbs/a"), "readMetadata", "dbs/a");
  expectMissing(await as("writerOfB", "GET", "/dbs/a/colls"), "readMetadata", "dbs/a");
});

it("keeps a role on a database to that database", async () => {
  expect((await as("readerOfDatabase", "GET", "/dbs/a/colls")).status).toBe(200);
  expect((await as("readerOfDatabase", "GET", "/dbs/a/colls/c/docs/1")).status).toBe(200);
  expectMissing(await as("readerOfDatabase", "GET", "/dbs"), "readMetadata", "/");
  expectMissing(
    await as("readerOfDatabase", "GET", "/dbs/z/colls/b/docs/1"),
    `${items}/read`,
    "dbs/z/colls/b",
  );
});

it("applies a scope by name to links by resource id", async () => {
  const path = `/dbs/${rids.database}/colls/${rids.container}/docs/1`;
  expect((await as("writerOfB", "GET", path)).status).toBe(200);
  expectMissing(await as("writerOfB", "GET", `/dbs/${rids.database}`), "readMetadata", "dbs/a");
});

it("takes a wildcard for the actions of one level", async () => {
  expectMissing(await as("containerActions", "GET", document), `${items}/read`, "dbs/a/colls/b");
  expect((await as("itemActions", "GET", document)).status).toBe(200);
  expect((await as("itemActions", "POST", "/dbs/a/colls/b/docs", { id: "w", upsert: true })).status).toBe(
    201,
  );
});

it("allows exactly the actions of a custom role", async () => {
  expect((await as("creator", "POST", "/dbs/a/colls/b/docs", { id: "c" })).status).toBe(201);
  expectMissing(
    await as("creator", "POST", "/dbs/a/colls/b/docs", { id: "c", upsert: true }),
    `${items}/upsert`,
    "dbs/a/colls/b",
  );
});

it("wants of a batch the action of each of its operations", async () => {
  const batch = async (name: Name, ...operations: object[]): Promise<WireAnswer> =>
    send({
      method: "POST",
      origin: emulator.endpoint,
      path: "/dbs/a/colls/b/docs",
      ca,
      headers: {
        authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${await tokenOf(name)}`),
        "x-ms-documentdb-partitionkey": '["p"]',
        "x-ms-cosmos-is-batch-request": "true",
        "x-ms-cosmos-batch-atomic": "true",
      },
      body: JSON.stringify(operations),
    });
  const create = { operationType: "Create", resourceBody: { id: "batched", pk: "p" } };
  const read = { operationType: "Read", id: "batched" };
  expectMissing(await batch("creator", create, read), `${items}/read`, "dbs/a/colls/b");
  expect((await batch("creator", create)).status).toBe(200);
  expectMissing(
    await batch("reader", { operationType: "Delete", id: "batched" }),
    `${items}/delete`,
    "dbs/a/colls/b",
  );
  expect((await batch("reader", read)).status).toBe(200);
});

it("honours the roles of a principal's groups", async () => {
  expect((await as("member", "GET", document)).status).toBe(200);
  expectMissing(await as("member", "DELETE", document), `${items}/delete`, "dbs/a/colls/b");
});

it("changes roles while it runs", async () => {
  expect((await as("nobody", "GET", document)).status).toBe(403);
  const role = emulator.roles.define({ name: "Points", dataActions: [`${items}/read`] });
  const assignment = emulator.roles.assign({ principal: "nobody", role: "points", scope: "/dbs/a/colls/b" });
  expect(emulator.roles.assignments()).toContainEqual(assignment);
  expect((await as("nobody", "GET", document)).status).toBe(200);
  expect(() => emulator.roles.removeDefinition(role.id)).toThrow(InputError);
  emulator.roles.unassign(assignment.id);
  expect((await as("nobody", "GET", document)).status).toBe(403);
  emulator.roles.removeDefinition(role.id);
  expect(emulator.roles.definitions().map(({ name }) => name)).not.toContain("Points");
});

it.each<[string, () => unknown]>([
  ["an unknown action", () => emulator.roles.define({ name: "x", dataActions: [`${prefix}items/read`] })],
  ["a wildcard above containers", () => emulator.roles.define({ name: "x", dataActions: [`${prefix}*`] })],
  ["no action", () => emulator.roles.define({ name: "x", dataActions: [] })],
  [
    "a built-in role's id",
    () => emulator.roles.define({ id: builtInRoleIds.dataReader, name: "x", dataActions: [metadata] }),
  ],
  ["an unknown role", () => emulator.roles.assign({ principal: "nobody", role: "none" })],
  ["an unknown principal", () => emulator.roles.assign({ principal: "no one", role: "Items" })],
  ["a bad scope", () => emulator.roles.assign({ principal: "nobody", role: "Items", scope: "/colls/b" })],
  ["an unknown assignment", () => emulator.roles.unassign("none")],
  ["a built-in role to remove", () => emulator.roles.removeDefinition(builtInRoleIds.dataContributor)],
  ["a client id that is taken", () => emulator.principals.addIdentity({ clientId: clientIds.reader })],
])("refuses %s with a sentence", (_, change) => {
  expect(change).toThrow(InputError);
});

it("shows the SDK what is missing", async () => {
  const token = await tokenOf("reader");
  const expiresOnTimestamp = Date.now() + 3_600_000;
  const client = new CosmosClient({
    endpoint: emulator.endpoint,
    aadCredentials: { getToken: () => Promise.resolve({ token, expiresOnTimestamp }) },
    agent,
  });
  const container = client.database("a").container("b");
  expect((await container.item("1", "p").read()).statusCode).toBe(200);
  const error = await container.items.create({ id: "n", pk: "p" }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 403, substatus: 5301 });
  expect((error as ErrorResponse).message).toContain(
    `[${prefix}${items}/create] on resource [dbs/a/colls/b]`,
  );
  client.dispose();
});
