import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { createCosmosClient, createCredential } from "@cosmos-trpc/cosmos-core";
import { expect, onTestFinished, test } from "vitest";
import { configurationOf } from "./configurationOf.ts";
import { isOpen } from "./runningServer.ts";
import { startHere, useServer } from "./serverOfFile.ts";
import { unsendable } from "./unsendable.ts";

const running = useServer();

/** Sends a request target as it stands: `fetch` would encode it anew. */
async function sendRaw(method: string, path: string, body?: string) {
  const { port } = running.server;
  const sent = request({ host: "127.0.0.1", port, method, path: `/api/cosmos/items${path}`, agent: false });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test("a second question mark belongs to the query's value", async () => {
  for (const pk of ["what", "what?", "what?x=1"]) {
    expect((await sendRaw("POST", "", JSON.stringify({ id: "asked", pk, name: pk }))).status).toBe(201);
  }
  expect(JSON.parse((await sendRaw("GET", "/asked?pk=what?x=1")).body)).toMatchObject({ pk: "what?x=1" });
  expect((await sendRaw("DELETE", "/asked?pk=what?")).status).toBe(204);
  expect((await sendRaw("GET", "/asked?pk=what")).status).toBe(200);
  expect((await sendRaw("GET", "/asked?pk=what?")).status).toBe(404);
});

test("a second colon is no part of a route's name", async () => {
  expect((await sendRaw("POST", ":getMany", "[]")).status).toBe(200);
  expect((await sendRaw("POST", ":getMany:bulk", "[]")).status).toBe(404);
});

test.each([
  ["no such route", "GET", ":other", 404],
  ["a method that a route does not have", "PUT", "", 405],
  ["the methods of a route", "OPTIONS", "/x", 204],
])("an answer that tells %s says what it cost and took", async (_name, method, path, status) => {
  const answer = await sendRaw(method, path);
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    "x-ms-request-charge": "0",
    "server-timing": expect.stringMatching(/^total;dur=[\d.]+, db;dur=[\d.]+$/),
  });
});

test.each([
  ["a procedure that there is not", "/items.none"],
  ["an input that is not JSON", "/items.get?input={"],
  ["a batch whose input is not JSON", "/items.get,items.get?batch=1&input={"],
  ["a path that cannot be read", "/%ff"],
])("so does tRPC's refusal of %s", async (_name, path) => {
  const { status, headers } = await fetch(`${running.server.url}/trpc${path}`);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(headers.get("x-ms-request-charge")).toBe("0");
  expect(headers.get("server-timing")).toMatch(/^total;dur=[\d.]+, db;dur=[\d.]+$/);
});

test("an answer that cannot be sent is a 500, and the server goes on", async () => {
  const faulty = await startHere(unsendable, running.emulator.env);
  onTestFinished(() => faulty.close());
  await faulty.logged(isOpen);
  const configuration = configurationOf(running.emulator.env);
  const endpoint = { ...configuration.endpoint, key: running.emulator.key };
  const client = createCosmosClient({ ...configuration, endpoint }, createCredential());
  onTestFinished(() => client.dispose());
  await client.database(configuration.database).container("counters").items.create({ id: "one", count: "1" });

  const response = await fetch(`${faulty.url}/api/cosmos/counters/one`);
  expect(response.status).toBe(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(Number(response.headers.get("x-ms-request-charge"))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ status: 500, instance: "/api/cosmos/counters/one" });
  await faulty.logged(({ msg }) => msg === "unexpected failure");
  expect((await fetch(`${faulty.url}/api/cosmos/counters/two`)).status).toBe(404);
});
