import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { createTRPCClient, httpBatchLink, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import type { AppRouter } from "./app.ts";
import { useServer } from "./serverOfFile.ts";

const running = useServer();
let api: TRPCClient<AppRouter>;

beforeAll(async () => {
  api = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${running.url}/trpc` })] });
});

const rest = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${running.url}/api/cosmos/items${path}`, init);
const post = (body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
  rest("", { method: "POST", body });
const postTrpc = (body: string, type = "application/json"): Promise<Response> =>
  fetch(`${running.url}/trpc/items.upsert`, { method: "POST", body, headers: { "content-type": type } });

interface Problem {
  status: number;
  detail: string;
  reason?: string;
  fields?: { path: string; message: string }[];
  currentEtag?: string;
}

const problem = async (response: Response): Promise<Problem> => {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return discreet((await response.json()) as Problem);
};

/** An answer holds no stack, no endpoint, no path of this machine and no token. */
function discreet<Answer>(answer: Answer): Answer {
  const text = JSON.stringify(answer);
  for (const secret of [
    running.emulator.endpoint,
    "localhost",
    "127.0.0.1",
    "stack",
    "node_modules",
    "/src/",
    "Bearer",
    "eyJ",
  ])
    expect(text).not.toContain(secret);
  return answer;
}

async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TRPCClientError);
  const { message, data, shape } = error as TRPCClientError<AppRouter>;
  discreet(shape);
  return { message, data };
}

const isAbsent = async (id: string): Promise<void> =>
  expect((await rest(`/${encodeURIComponent(id)}`)).status).toBe(404);

/** Input as it may come from a caller without our types. */
const untyped = (value: unknown) => value as { id: string };

test("the router's types are the API's", () => {
  type Input = inferRouterInputs<AppRouter>["items"];
  type Output = inferRouterOutputs<AppRouter>["items"];
  expectTypeOf<Input["get"]>().toEqualTypeOf<{ id: string; pk?: string | undefined }>();
  expectTypeOf<Input["create"]["id"]>().toEqualTypeOf<string>();
  expectTypeOf<Input["create"]["name"]>().toEqualTypeOf<string | undefined>();
  type Write = Input["create"] | [item: Input["create"], options?: { ifMatch?: string | undefined }];
  expectTypeOf<Input["upsert"]>().toEqualTypeOf<Write>();
  expectTypeOf<Output["get"]>().toEqualTypeOf<Output["upsert"]>();
  expectTypeOf<Output["get"]["pk"]>().toEqualTypeOf<string>();
  expectTypeOf<Output["get"]["_etag"]>().toEqualTypeOf<string>();
  expectTypeOf<Output["get"]["_ts"]>().toEqualTypeOf<number>();
});

describe("tRPC", () => {
  test("upsert answers the stored item, its defaults filled in; get the same", async () => {
    const written = await api.items.upsert.mutate({ id: "plain" });
    expect(written).toEqual({
      id: "plain",
      pk: "plain",
      name: "unnamed",
      _etag: expect.any(String),
      _ts: expect.any(Number),
    });
    expect(await api.items.get.query({ id: "plain" })).toEqual(written);
    const placed = await api.items.upsert.mutate({
      id: "placed",
      pk: "shelf",
      name: "Vase",
      tags: ["a"],
      data: { n: 1 },
    });
    expect(await api.items.get.query({ id: "placed", pk: "shelf" })).toEqual(placed);
  });

  test("an item that is not there is NOT_FOUND", async () => {
    expect(await refusal(api.items.get.query({ id: "nothing" }))).toMatchObject({
      message: "There is no such item.",
      data: { code: "NOT_FOUND", httpStatus: 404, reason: "not-found" },
    });
  });

  test("a stale ifMatch is PRECONDITION_FAILED with the current etag", async () => {
    const first = await api.items.upsert.mutate({ id: "contested" });
    const second = await api.items.upsert.mutate([{ id: "contested" }, { ifMatch: first._etag }]);
    const lost = await refusal(
      api.items.upsert.mutate([{ id: "contested", name: "mine" }, { ifMatch: first._etag }]),
    );
    expect(lost.data).toMatchObject({
      code: "PRECONDITION_FAILED",
      httpStatus: 412,
      reason: "precondition-failed",
      currentEtag: second._etag,
    });
    const absent = await refusal(api.items.upsert.mutate([{ id: "never there" }, { ifMatch: first._etag }]));
    expect(absent.data).toMatchObject({ code: "PRECONDITION_FAILED", httpStatus: 412 });
    await isAbsent("never there");
  });

  test("a procedure that does not exist is NOT_FOUND", async () => {
    const response = await fetch(`${running.url}/trpc/items.remove`);
    expect(response.status).toBe(404);
    expect(discreet(await response.json())).toMatchObject({ error: { data: { code: "NOT_FOUND" } } });
  });

  test("a batch answers each call, and its charge is the sum", async () => {
    const charges: (string | null)[] = [];
    const record = async (input: URL | string | Request, init?: object): Promise<Response> => {
      const response = await fetch(input, init);
      charges.push(response.headers.get("x-ms-request-charge"));
      return response;
    };
    const url = `${running.url}/trpc`;
    const batch = createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url, fetch: record })],
    });
    await api.items.upsert.mutate({ id: "batched" });
    const results = await Promise.allSettled([
      batch.items.get.query({ id: "batched" }),
      batch.items.get.query({ id: "batched" }),
      batch.items.get.query({ id: "not there" }),
      batch.items.get.query({ id: "a/b" }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
    // The two reads of one item are one operation, charged once.
    expect(charges).toEqual(["2"]);
  });

  test("malformed JSON, another content type and a body over the limit are refused", async () => {
    const broken = await postTrpc('{"id":');
    expect(broken.status).toBe(400);
    expect(discreet(await broken.json())).toMatchObject({
      error: { message: "The request's body or input is not valid JSON.", data: { reason: "invalid" } },
    });
    const query = await fetch(`${running.url}/trpc/items.get?input=${encodeURIComponent('{"id":')}`);
    expect(query.status).toBe(400);
    expect(discreet(await query.json())).toMatchObject({ error: { data: { reason: "invalid" } } });
    const form = await postTrpc("id=form", "text/plain");
    expect(form.status).toBe(415);
    discreet(await form.json());
    const large = await postTrpc(JSON.stringify({ id: "large", name: "x".repeat(4 * 1024 * 1024) }));
    expect(large.status).toBe(413);
    expect(discreet(await large.json())).toMatchObject({ error: { data: { reason: "too-large" } } });
    await isAbsent("large");
  });
});

/** Inputs that break the schema, and the fields that the answer has to name. */
const wrong: readonly (readonly [name: string, input: object, fields: string[]])[] = [
  ["no id", { name: "nameless" }, ["id"]],
  ["an unknown field", { id: "unknown", colour: "red" }, ["colour"]],
  ["an id with a slash", { id: "a/b" }, ["id"]],
  ["an id of 1,024 bytes", { id: "é".repeat(512) }, ["id"]],
  [
    "several wrong fields",
    { id: 5, name: 1, tags: ["a", 2], ttl: 0.5, size: 1 },
    ["id", "name", "size", "tags.1", "ttl"],
  ],
  ["data that is a list", { id: "list", data: [] }, ["data"]],
  [
    "fields named like an object's own",
    JSON.parse('{"id":"own","constructor":1,"__proto__":2}'),
    ["__proto__", "constructor"],
  ],
  ["an option among its fields", { id: "header", ifMatch: "x" }, ["ifMatch"]],
  ["what an answer had once", { id: "set", etag: "x", updatedAt: "y" }, ["etag", "updatedAt"]],
];

test.each([
  ["that no header can carry", "\u2603"],
  ["longer than a header may be", "x".repeat(20_000)],
  ["that is empty", ""],
])("an ifMatch %s is a BAD_REQUEST that names it", async (_name, ifMatch) => {
  const { data } = await refusal(api.items.upsert.mutate([{ id: "header" }, { ifMatch }]));
  expect(data).toMatchObject({ code: "BAD_REQUEST", fields: [{ path: "ifMatch" }] });
  await isAbsent("header");
});

test.each([
  ["no options", [{ id: "tuple" }, {}, {}]],
  ["nothing", []],
])("a tuple of %s is refused with its form", async (_name, input) => {
  const { message, data } = await refusal(api.items.upsert.mutate(untyped(input)));
  expect(data).toMatchObject({ code: "BAD_REQUEST", reason: "invalid" });
  expect(message).toContain("[item, { ifMatch }]");
});

describe.each(wrong)("input with %s", (_name, input, fields) => {
  test("is a BAD_REQUEST of tRPC that names every field", async () => {
    const { message, data } = await refusal(api.items.upsert.mutate(untyped(input)));
    expect(data).toMatchObject({ code: "BAD_REQUEST", httpStatus: 400, reason: "invalid" });
    expect(data?.fields?.map(({ path }) => path).sort()).toEqual(fields);
    for (const field of fields) expect(message).toContain(field);
    for (const { message: what } of data?.fields ?? []) expect(what).toBeTypeOf("string");
  });

  test("is a 400 of the plain routes that names every field", async () => {
    const response = await post(JSON.stringify(input));
    expect(response.status).toBe(400);
    const { detail, reason, fields: named } = await problem(response);
    expect(reason).toBe("invalid");
    expect(named?.map(({ path }) => path).sort()).toEqual(fields);
    for (const field of fields) expect(detail).toContain(field);
  });

  test("writes nothing", async () => {
    const id = (input as { id?: unknown }).id;
    if (typeof id === "string" && !id.includes("/") && id.length < 500) await isAbsent(id);
  });
});

test("an item of 2 MB + 1 is 413 in tRPC and plain HTTP, and not written", async () => {
  const empty = { id: "over", pk: "over", name: "unnamed", data: { text: "" } };
  const room = 2 * 1024 * 1024 - JSON.stringify(empty).length;
  const over = { ...empty, data: { text: "x".repeat(room + 1) } };
  const { data } = await refusal(api.items.upsert.mutate(over));
  expect(data).toMatchObject({ code: "PAYLOAD_TOO_LARGE", httpStatus: 413, reason: "too-large" });
  const response = await post(JSON.stringify(over));
  expect(response.status).toBe(413);
  expect(await problem(response)).toMatchObject({ reason: "too-large" });
  await isAbsent("over");
  const full = await post(JSON.stringify({ ...over, data: { text: "x".repeat(room) } }));
  expect(full.status).toBe(201);
});

describe("plain HTTP", () => {
  test("carries the etag in ETag, and writes only over the version that If-Match names", async () => {
    const first = await post(JSON.stringify({ id: "versioned" }));
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toBe(((await first.json()) as { _etag: string })._etag);
    const write = (name: string): Promise<Response> =>
      rest("", {
        method: "POST",
        headers: { "if-match": etag },
        body: JSON.stringify({ id: "versioned", name }),
      });
    const second = await write("second");
    expect(second.status).toBe(201);
    expect(await problem(await write("third"))).toMatchObject({ status: 412, reason: "precondition-failed" });
    const read = await rest("/versioned");
    expect(read.headers.get("etag")).toBe(second.headers.get("etag"));
    expect(await read.json()).toMatchObject({ name: "second" });
  });

  test("names the first of very many wrong fields, and says how many more there are", async () => {
    const names = Array.from({ length: 20_000 }, (_, at) => [`n${at}`, 1]);
    const answer = await problem(await post(JSON.stringify({ id: "many", ...Object.fromEntries(names) })));
    expect(answer.fields).toHaveLength(50);
    expect(answer.detail).toMatch(/; and 19950 more\.$/);
  });

  test.each(["application/json", "text/plain", "application/x-www-form-urlencoded", undefined])(
    "takes JSON when the content type says %s",
    async (type) => {
      const body = new TextEncoder().encode('{"id":"typed"}');
      const headers = type === undefined ? {} : { "content-type": type };
      const response = await rest("", { method: "POST", body, headers });
      expect(response.status).toBe(201);
      expect(await response.json()).toMatchObject({
        id: "typed",
        pk: "typed",
        name: "unnamed",
        _etag: expect.any(String),
      });
      expect(Number(response.headers.get("x-ms-request-charge"))).toBeGreaterThan(0);
    },
  );

  test("gets an item by its id, and by its partition key where that is another", async () => {
    await post('{"id":"kept","pk":"a shelf & more","name":"Kept"}');
    const found = await rest(`/kept?pk=${encodeURIComponent("a shelf & more")}`);
    expect(found.status).toBe(200);
    expect(found.headers.get("x-ms-request-charge")).toBe("1");
    expect(await found.json()).toMatchObject({ id: "kept", pk: "a shelf & more", name: "Kept" });
    const other = await rest("/kept");
    expect(other.status).toBe(404);
    expect(await problem(other)).toMatchObject({ reason: "not-found", detail: "There is no such item." });
  });

  test.each(["a b", "100%", "é💡", "a&b=c+d", "%2F", "..."])(
    "takes the id %j percent-encoded",
    async (id) => {
      expect((await post(JSON.stringify({ id }))).status).toBe(201);
      expect(await (await rest(`/${encodeURIComponent(id)}`)).json()).toMatchObject({ id });
    },
  );

  test.each(["/a%2Fb", "/a/b", "/%09", "/%zz%2F/"])("GET %s is no item's address", async (path) => {
    const response = await rest(path);
    expect(response.status).toBe(400);
    expect((await problem(response)).fields).toMatchObject([{ path: "id" }]);
  });

  test("an id of dots is refused by name, and leads to no other route", async () => {
    // Written by hand: fetch takes dots out of a path before it sends it.
    const { port } = running.server;
    for (const dots of ["..", "%2e%2e", "."]) {
      const sent = get({ port, path: `/api/cosmos/items/${dots}` });
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      const answer = (await json(response)) as Problem;
      expect([answer.status, answer.fields]).toEqual([
        400,
        [{ path: "id", message: "must not be '.' or '..'" }],
      ]);
    }
  });

  test("malformed JSON, bytes that are no UTF-8 and a body over the limit are refused", async () => {
    for (const body of ['{"id":', "", new Uint8Array([0x22, 0xff, 0x22])]) {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(await problem(response)).toMatchObject({
        reason: "invalid",
        detail: expect.stringContaining("not valid JSON"),
      });
    }
    const large = await post(JSON.stringify({ id: "larger", name: "x".repeat(4 * 1024 * 1024) }));
    expect(large.status).toBe(413);
    expect(await problem(large)).toMatchObject({ reason: "too-large" });
    await isAbsent("larger");
  });

  test.each(["null", "[]", "5", '"id"'])("the JSON %s is no item", async (body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await problem(response)).detail).toContain("has to be an object");
  });

  test("a body is the item and nothing else: ifMatch in it is a field", async () => {
    const refused = await post(JSON.stringify({ id: "matched", ifMatch: "x" }));
    expect((await problem(refused)).fields).toEqual([
      { path: "ifMatch", message: expect.stringContaining("[item, { ifMatch }]") },
    ]);
  });

  test("another method is 405 and says which one is served", async () => {
    for (const [path, method, allow] of [
      ["", "PUT", "GET, HEAD, POST"],
      ["", "DELETE", "GET, HEAD, POST"],
      ["/a", "POST", "GET, HEAD, PUT, PATCH, DELETE"],
      [":getMany", "GET", "POST"],
      [":bulk", "PATCH", "POST"],
    ] as const) {
      const response = await rest(path, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
      expect((await problem(response)).detail).toContain(allow);
    }
  });

  test("HEAD is GET without the body", async () => {
    await post('{"id":"headed"}');
    const response = await rest("/headed", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

test("health and readiness", async () => {
  const health = await fetch(`${running.url}/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
  const ready = await fetch(`${running.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
});

test.each(["/", "/trpc", "/api/cosmos/itemsets", "/api/cosmos/items:purge", "/docs/package.json", "/.env"])(
  "nothing is served at %s, and it says what is",
  async (path) => {
    const response = await fetch(running.url + path);
    expect(response.status).toBe(404);
    expect((await problem(response)).detail).toContain("tRPC is at /trpc/");
  },
);
