import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createTRPCClient, httpBatchStreamLink, httpLink, type TRPCClientError } from "@trpc/client";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import express from "express";
import fastify from "fastify";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { api, calls, teamRouter, userOf } from "../examples/teamRouter.ts";
import {
  type ApiListener,
  createListener,
  openStores,
  readConfiguration,
  type Stores,
} from "../src/index.ts";
import { useEmulator } from "./emulatorOfFile.ts";

const emulator = useEmulator();
let listener: ApiListener;
let stores: Stores<typeof api.entities>;

const log = { debug() {}, info() {}, warn() {}, error() {} };

beforeAll(async () => {
  const { cosmos } = readConfiguration(emulator.env);
  listener = createListener(api, { cosmos, log });
  stores = openStores(api.entities, { cosmos, log });
  await stores.ready();
});

afterAll(() => {
  listener.close();
  stores.close();
});

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Fastify with the listener below a prefix. */
async function onFastify(isBodyParsed: boolean): Promise<string> {
  const app = fastify();
  if (!isBodyParsed) {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  }
  app.get("/theirs", async () => "theirs");
  app.all("/*", (request, reply) => {
    reply.hijack();
    const { raw } = request;
    listener(isBodyParsed ? Object.assign(raw, { body: request.body }) : raw, reply.raw);
  });
  onTestFinished(() => app.close());
  return app.listen({ port: 0, host: "127.0.0.1" });
}

const servers: Readonly<Record<string, () => Promise<string>>> = {
  "node:http": () => listen(listener),
  Express: () => listen(express().use(listener)),
  "Express behind a body parser": () => listen(express().use(express.json(), listener)),
  "Express below a path": async () => `${await listen(express().use("/shop", listener))}/shop`,
  Fastify: () => onFastify(false),
  "Fastify with its parsed bodies": () => onFastify(true),
};

const json = { "content-type": "application/json" };

describe.each(Object.entries(servers))("a team's router on %s", (name, start) => {
  test("serves tRPC with its own context, middleware and error format", async () => {
    const url = await start();
    const headers = { authorization: "ada" };
    const client = createTRPCClient<typeof teamRouter>({
      links: [httpLink({ url: `${url}/trpc`, headers })],
    });
    expect(await client.greet.query()).toBe("Hello ada!");
    const before = calls.get("notes.create") ?? 0;
    const note = { id: name.replaceAll(/\W/g, ""), author: "ada", text: "x" };
    expect(await client.notes.create.mutate(note)).toMatchObject(note);
    expect(calls.get("notes.create")).toBe(before + 1);
    const conflict = (await client.notes.create
      .mutate(note)
      .catch((error: unknown) => error)) as TRPCClientError<typeof teamRouter>;
    expect(conflict.data).toMatchObject({ code: "CONFLICT", team: "notes" });
    const { items } = await client.notes.list.query({ pk: "ada", where: { id: { eq: note.id } } });
    expect(items).toHaveLength(1);
  });

  test("serves plain HTTP and its description", async () => {
    const url = await start();
    const note = { id: `http ${name.replaceAll(/\W/g, "")}`, author: "ada", text: "x" };
    const body = JSON.stringify(note);
    const written = await fetch(`${url}/api/cosmos/notes`, { method: "POST", body, headers: json });
    expect([written.status, await written.json()]).toEqual([201, expect.objectContaining(note)]);
    expect(Number(written.headers.get("x-ms-request-charge"))).toBeGreaterThan(0);
    const location = new URL(written.headers.get("location") ?? "", url);
    expect(await (await fetch(location)).json()).toMatchObject(note);
    const put = await fetch(location, { method: "PUT", body: '{"text":"y"}', headers: json });
    expect(await put.json()).toMatchObject({ ...note, text: "y" });
    const wrong = await fetch(location, { method: "PUT", body: '{"text":', headers: json });
    expect(wrong.status).toBe(400);
    const { servers: described } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      servers: { url: string }[];
    };
    expect(`${url}/`).toContain(described[0]?.url);
    const page = await (await fetch(`${url}/docs`)).text();
    const [script = ""] = /(?<=src=")[^"]+/.exec(page) ?? [];
    expect((await fetch(new URL(script, url))).status).toBe(200);
  });
});

test("with a next, what is not the API's is left to others", async () => {
  const app = express().use(listener);
  app.get("/theirs", (_request, response) => void response.send("theirs"));
  const url = await listen(app);
  expect(await (await fetch(`${url}/theirs`)).text()).toBe("theirs");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("on tRPC's own adapter it takes its stores from openStores", async () => {
  const url = await listen(
    createHTTPHandler({
      router: teamRouter,
      createContext: ({ req, info }) => ({ user: userOf(req.headers), stores: stores.forRequest(info) }),
    }),
  );
  const client = createTRPCClient<typeof teamRouter>({ links: [httpBatchStreamLink({ url })] });
  const note = { id: "own adapter", author: "ada", text: "x" };
  await client.notes.upsert.mutate(note);
  const [found, missing] = await Promise.all([
    client.notes.get.query({ id: "own adapter", author: "ada" }),
    client.notes.get.query({ id: "none", author: "ada" }).catch((error: unknown) => error),
  ]);
  expect(found).toMatchObject(note);
  expect(missing).toMatchObject({
    message: "There is no such item.",
    data: { code: "NOT_FOUND", team: "notes" },
  });
});

test("its errors tell nothing of the inside, whatever its formatter shows", async () => {
  const away = createListener(api, { cosmos: { endpoint: "https://localhost:1" }, log });
  onTestFinished(() => away.close());
  const url = await listen(away);
  const response = await fetch(
    `${url}/trpc/notes.get?input=${encodeURIComponent('{"id":"a","author":"b"}')}`,
  );
  expect(response.status).toBe(503);
  expect(await response.text()).not.toMatch(/localhost:1|ECONNREFUSED/);
});
