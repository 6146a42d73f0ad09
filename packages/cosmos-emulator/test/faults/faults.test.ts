import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { type Container, CosmosClient } from "@azure/cosmos";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Emulator, type FaultOptions, InputError, startEmulator } from "../../src/index.ts";
import { adminRequest } from "../adminRequest.ts";
import { send, type WireAnswer } from "../httpsRequest.ts";
import { masterKeyHeaders, signedParts } from "../masterKey.ts";

const faultsOfItsOwn: unknown[] = [];
let emulator: Emulator;
let agent: Agent;
let client: CosmosClient;
let container: Container;
let ca: string;

beforeAll(async () => {
  emulator = await startEmulator({ onFault: (error) => faultsOfItsOwn.push(error) });
  ca = readFileSync(emulator.caFile, "utf8");
  agent = new Agent({ ca, keepAlive: true });
  client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key, agent });
  const { database } = await client.databases.create({ id: "db" });
  container = (await database.containers.create({ id: "c", partitionKey: "/pk" })).container;
});
beforeEach(async () => {
  await container.items.upsert({ id: "kept", pk: "p" });
});
afterEach(() => emulator.faults.clear());
afterAll(async () => {
  client.dispose();
  agent.destroy();
  await emulator.close();
  expect(faultsOfItsOwn).toEqual([]);
});

function raw(method: string, path: string, body?: object): Promise<WireAnswer> {
  const headers = {
    ...masterKeyHeaders({ method, ...signedParts(path), key: emulator.key }),
    "x-ms-documentdb-partitionkey": '["p"]',
  };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return send({ method, origin: emulator.endpoint, path, ca, headers, ...text });
}

const docs = "/dbs/db/colls/c/docs";
const read = (): Promise<WireAnswer> => raw("GET", `${docs}/kept`);
const create = (id: string): Promise<WireAnswer> => raw("POST", docs, { id, pk: "p" });
const isThere = async (id: string): Promise<boolean> => (await raw("GET", `${docs}/${id}`)).status === 200;

it("fails the next requests that match, as many as it was told, and no other", async () => {
  const fault = emulator.faults.add({
    operation: "readDocument",
    count: 2,
    status: 503,
    substatus: 20003,
    message: "Out of order.",
    headers: { "x-ms-retry-after-ms": "7" },
  });
  expect(emulator.faults.list()).toEqual([fault]);
  expect((await create("other-1")).status).toBe(201);
  for (const remaining of [1, 0]) {
    const failed = await read();
    expect([failed.status, failed.headers["x-ms-substatus"], failed.headers["x-ms-retry-after-ms"]]).toEqual([
      503,
      "20003",
      "7",
    ]);
    expect(failed.json()).toMatchObject({
      code: "ServiceUnavailable",
      message: expect.stringContaining("Out of order."),
    });
    expect(emulator.faults.list().map((left) => left.remaining)).toEqual(remaining === 0 ? [] : [remaining]);
  }
  expect((await read()).status).toBe(200);
});

it.each<[string, FaultOptions, boolean]>([
  ["its kind of resource", { resourceType: "docs", status: 500 }, true],
  ["another kind of resource", { resourceType: "colls", status: 500 }, false],
  ["its method", { method: "GET", status: 500 }, true],
  ["another method", { method: "DELETE", status: 500 }, false],
  ["its path", { path: `${docs}/kept`, status: 500 }, true],
  ["a pattern of its path", { path: "/dbs/*/docs/k*", status: 500 }, true],
  ["the beginning of its path", { path: docs, status: 500 }, false],
  ["its region", { region: "East US", status: 500 }, true],
])("matches a request by %s", async (_, fault, isHit) => {
  emulator.faults.add(fault);
  expect((await read()).status).toBe(isHit ? 500 : 200);
});

it("leaves a write that fails undone, unless it takes effect all the same", async () => {
  emulator.faults.add({ operation: "createDocument", status: 408 });
  expect((await create("undone")).status).toBe(408);
  expect(await isThere("undone")).toBe(false);
  emulator.faults.add({ operation: "createDocument", status: 408, takesEffect: true });
  expect((await create("done")).status).toBe(408);
  expect(await isThere("done")).toBe(true);
});

it("cuts the connection before or after the operation took effect", async () => {
  emulator.faults.add({ operation: "createDocument", drop: "before" });
  await expect(create("before")).rejects.toThrow();
  expect(await isThere("before")).toBe(false);
  emulator.faults.add({ operation: "createDocument", drop: "after" });
  await expect(create("after")).rejects.toThrow();
  expect(await isThere("after")).toBe(true);
});

it("cuts an answer in the middle", async () => {
  emulator.faults.add({ operation: "readDocument", truncate: true });
  await expect(read()).rejects.toThrow(/aborted/);
  expect((await read()).status).toBe(200);
});

it("befalls only requests that are signed in and allowed", async () => {
  emulator.faults.add({ status: 500 });
  expect((await send({ origin: emulator.endpoint, path: docs, ca })).status).toBe(401);
  expect((await read()).status).toBe(500);
});

it("holds requests up, and lets go of them when the emulator stops", async () => {
  const other = await startEmulator();
  const otherCa = readFileSync(other.caFile, "utf8");
  const hour = 60 * 60 * 1000;
  other.faults.add({ operation: "readAccount", delayMs: hour });
  const request = (): Promise<WireAnswer> =>
    send({
      origin: other.endpoint,
      path: "/",
      ca: otherCa,
      headers: masterKeyHeaders({ method: "GET", type: "", link: "", key: other.key }),
    });
  const held = request();
  await expect.poll(() => other.faults.list()).toEqual([]);
  const closed = other.close();
  expect((await held).status).toBe(200);
  await closed;
});

it("adds latency to every request or to a region's, until it is taken away", async () => {
  emulator.faults.setLatency(1);
  emulator.faults.setLatency(2, "East US");
  expect(emulator.faults.latency()).toEqual({ "*": 1, "East US": 2 });
  expect((await read()).status).toBe(200);
  emulator.faults.setLatency(0);
  emulator.faults.setLatency(0, "East US");
  expect(emulator.faults.latency()).toEqual({});
});

it("lets the SDK retry a throttled request, and gives it other errors", async () => {
  emulator.faults.add({ status: 429, substatus: 3200, headers: { "x-ms-retry-after-ms": "1" }, count: 3 });
  expect((await container.item("kept", "p").read()).statusCode).toBe(200);
  expect(emulator.faults.list()).toEqual([]);
  emulator.faults.add({ operation: "upsertDocument", status: 449 });
  await expect(container.items.upsert({ id: "kept", pk: "p" })).rejects.toMatchObject({ code: 449 });
});

it.each<[string, unknown]>([
  ["nothing", undefined],
  ["no effect", { operation: "readDocument" }],
  ["an unknown operation", { operation: "readDocuments", status: 500 }],
  ["an unknown field", { opration: "readDocument", status: 500 }],
  ["an unknown region", { region: "Moon", status: 500 }],
  ["a status of success", { status: 200 }],
  ["a status in words", { status: "500" }],
  ["a count of none", { status: 500, count: 0 }],
  ["a count of words", { status: 500, count: "some" }],
  ["a negative delay", { delayMs: -1 }],
  ["a delay beyond a day", { delayMs: 2 ** 31 }],
  ["a drop with a status", { drop: "before", status: 500 }],
  ["an unknown drop", { drop: "during" }],
  ["a substatus alone", { delayMs: 1, substatus: 1002 }],
  ["a header of two lines", { status: 500, headers: { a: "b\r\nc: d" } }],
  ["a length of its own", { status: 500, headers: { "Content-Length": "5" } }],
])("refuses a fault of %s", async (_, fault) => {
  expect(() => emulator.faults.add(fault as FaultOptions)).toThrow(InputError);
  const answer = await adminRequest(emulator, "POST", "/faults", fault);
  expect(answer.status).toBe(400);
  expect(answer.json()["message"]).toEqual(expect.any(String));
  expect(emulator.faults.list()).toEqual([]);
});

it("does the same over HTTP", async () => {
  const added = await adminRequest(emulator, "POST", "/faults", { operation: "readDocument", status: 500 });
  expect(added.status).toBe(201);
  expect(added.json()).toMatchObject({ operation: "readDocument", status: 500, remaining: 1, hits: 0 });
  expect((await adminRequest(emulator, "GET", "/faults")).json()).toEqual({ faults: [added.json()] });
  expect((await read()).status).toBe(500);

  const { id } = (await adminRequest(emulator, "POST", "/faults", { status: 500, count: "always" })).json();
  expect((await adminRequest(emulator, "DELETE", `/faults/${String(id)}`)).status).toBe(204);
  expect((await adminRequest(emulator, "DELETE", `/faults/${String(id)}`)).status).toBe(400);
  expect((await read()).status).toBe(200);

  await adminRequest(emulator, "POST", "/faults", { status: 500 });
  const latency = await adminRequest(emulator, "PUT", "/latency", { ms: 1 });
  expect(latency.json()).toEqual({ latency: { "*": 1 } });
  expect((await adminRequest(emulator, "DELETE", "/faults")).status).toBe(204);
  expect((await adminRequest(emulator, "GET", "/latency")).json()).toEqual({ latency: {} });
  expect((await read()).status).toBe(200);
});
