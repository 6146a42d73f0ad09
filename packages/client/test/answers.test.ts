import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { TRPCClientError } from "@trpc/client";
import { TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { type ApiError, type ClientOptions, type ErrorReason, isApiError } from "../src/index.ts";
import { listen, Refusal, serve, t } from "./runningRouter.ts";
import { createClient } from "./testApi.ts";

const get = (options: ClientOptions) => createClient(options).items.get.query({ id: "a" });

/** The one error that a call ends with, and that it is of the kind that is promised: no parser's words, no stack. */
async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => "the call went well",
    (thrown: unknown) => thrown,
  );
  if (!isApiError(error)) throw new Error(`This is not the client's error: ${error}`);
  expect(error).toBeInstanceOf(TRPCClientError);
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    expect(cause).not.toBeInstanceOf(SyntaxError);
    expect(`${cause.message}${cause.stack}`).not.toMatch(
      /JSON\.parse|SyntaxError|in JSON|JSON input|valid JSON/,
    );
  }
  return error;
}

const answer =
  (status: number, headers: Record<string, string>, body: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

const html = { "content-type": "text/html; charset=utf-8" };
const json = { "content-type": "application/json" };
const page = "<!doctype html><title>Sign in</title>";

const strangers: readonly [name: string, RequestListener, ErrorReason, words: RegExp][] = [
  ["HTML", answer(200, html, page), "not-this-api", /is not this API \(HTTP 200, text\/html/],
  ["HTML and 404", answer(404, html, page), "not-this-api", /HTTP 404, text\/html/],
  ["nothing", answer(200, {}, ""), "not-this-api", /HTTP 200, no content type/],
  ["empty JSON", answer(200, json, ""), "not-this-api", /HTTP 200, application\/json/],
  ["words as JSON", answer(200, json, "Welcome"), "not-this-api", /HTTP 200/],
  ["another API's JSON", answer(200, json, '{"status":"ok"}'), "not-this-api", /HTTP 200/],
  [
    "another API's JSON, with a line's end",
    answer(200, json, '{"status":"ok"}\n'),
    "not-this-api",
    /HTTP 200/,
  ],
  [
    "another API's JSON in lines",
    answer(200, json, '{\n  "0": [],\n  "a": 1\n}\n'),
    "not-this-api",
    /HTTP 200/,
  ],
  ["an array in lines", answer(200, json, "[\n  1,\n  2\n]\n"), "not-this-api", /HTTP 200/],
  ["words as JSON in lines", answer(200, json, "Welcome\nto this page\n"), "not-this-api", /HTTP 200/],
  [
    "JSON in lines, cut short",
    answer(200, json, '{\n  "result": {\n    "data":\n'),
    "truncated",
    /broke off/,
  ],
  [
    "another tRPC's refusal",
    answer(500, json, '{"error":{"message":"no","code":-32000}}'),
    "not-this-api",
    /HTTP 500/,
  ],
  ["null", answer(200, json, "null"), "not-this-api", /HTTP 200/],
  ["a number", answer(200, json, "5"), "not-this-api", /HTTP 200/],
  ["an empty array", answer(200, json, "[]"), "not-this-api", /HTTP 200/],
  ["a proxy's 502", answer(502, html, "<h1>Bad Gateway</h1>"), "gateway", /HTTP 502, text\/html/],
  ["a proxy's 504", answer(504, {}, ""), "gateway", /HTTP 504/],
  ["a proxy's 413", answer(413, html, ""), "too-large", /HTTP 413/],
  ["a platform's 403", answer(403, html, ""), "forbidden", /HTTP 403/],
  [
    "a redirect to a sign-in page",
    answer(302, { location: "https://login.example.com/authorize?state=secret" }, ""),
    "redirected",
    /redirects to https:\/\/login\.example\.com, .*HTTP 302/,
  ],
  [
    "a redirect to what is no URL",
    answer(302, { location: "https://" }, ""),
    "redirected",
    /redirects to elsewhere/,
  ],
  ["a redirect to nowhere", answer(307, {}, ""), "redirected", /redirects to elsewhere/],
  [
    "a platform's 401 for a token that is not valid yet",
    answer(
      401,
      {
        "www-authenticate": 'Bearer error="invalid_token", error_description="The token is valid from 23:00"',
      },
      "",
    ),
    "unauthorized",
    /HTTP 401, .*The token is valid from 23:00$/,
  ],
  [
    "a body cut short",
    (request, response) => {
      response.writeHead(200, { ...json, "content-length": "1000" });
      response.write('{"result":{"data":{"id":"a"', () => request.socket.end());
    },
    "truncated",
    /broke off/,
  ],
  [
    "JSON cut short by a proxy that ends the body well",
    answer(200, json, '{"result":{"data":{"id":"a"'),
    "truncated",
    /broke off/,
  ],
  [
    "a connection cut before the answer",
    (request) => void request.destroy(),
    "unreachable",
    /No server answers at/,
  ],
];

describe.each(strangers)("%s is one typed error", (_name, listener, reason, words) => {
  test("for a call", async () => {
    const { url, requests } = await listen(listener);
    const error = await failureOf(get({ url }));
    expect(error).toMatchObject({ reason, message: expect.stringMatching(words) });
    expect(error.message).not.toContain("secret");
    expect(requests).toEqual([`GET /trpc/items.get?input=${encodeURIComponent('{"id":"a"}')}`]);
  });

  test("for every call of a batch", async () => {
    const { url, requests } = await listen(listener);
    const { items } = createClient({ url });
    const errors = await Promise.all(["a", "b"].map((id) => failureOf(items.get.query({ id }))));
    for (const error of errors) expect(error.reason).toBe(reason);
    expect(requests).toHaveLength(1);
  });
});

test("a stream of a batch that breaks off keeps what has come, and fails the rest", async () => {
  const { url } = await listen((request, response) => {
    response.writeHead(200, json);
    response.write('{"0":[[0],[null,0,0]],"1":[[0],[null,0,1]]}\n');
    response.write(
      '[0,0,[[{"result":0}],["result",0,2]]]\n[2,0,[[{"data":0}],["data",0,3]]]\n[3,0,[[{"id":"a"}]]]\n',
      () => request.socket.end(),
    );
  });
  const { items } = createClient({ url });
  const [whole, lost] = await Promise.allSettled(["a", "b"].map((id) => items.get.query({ id })));
  expect(whole).toEqual({ status: "fulfilled", value: { id: "a" } });
  expect(await failureOf(Promise.reject((lost as PromiseRejectedResult).reason))).toMatchObject({
    reason: "truncated",
  });
});

test.each([
  ["words", "not JSON\n"],
  ["a line cut short", '[0,0,[[{"result":0}],["res\n'],
])("a stream of a batch that goes on with %s fails without the parser's words", async (_name, line) => {
  const head = '{"0":[[0],[null,0,0]],"1":[[0],[null,0,1]]}\n';
  const { url } = await listen(answer(200, json, `${head}${line}`));
  const { items } = createClient({ url });
  for (const error of await Promise.all(["a", "b"].map((id) => failureOf(items.get.query({ id }))))) {
    expect(error.reason).toBe("truncated");
  }
});

test("a batch that is refused as a whole is refused in the API's words", async () => {
  const shape = {
    message: "The token has expired.",
    code: -32001,
    data: { code: "UNAUTHORIZED", httpStatus: 401 },
  };
  for (const body of [{ error: shape }, [{ error: shape }]]) {
    const { url } = await listen(answer(401, json, `${JSON.stringify(body, null, 2)}\n`));
    const { items } = createClient({ url });
    for (const error of await Promise.all(["a", "b"].map((id) => failureOf(items.get.query({ id }))))) {
      expect(error).toMatchObject({ reason: "unauthorized", status: 401, message: "The token has expired." });
    }
  }
});

test("nobody at all is named with the socket's error", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  closed.close();
  await once(closed, "close");
  expect(await failureOf(get({ url }))).toMatchObject({
    reason: "unreachable",
    status: undefined,
    message: `No server answers at ${url} (ECONNREFUSED).`,
  });
});

test("a sign-in page that a fetch of the caller's own was led to is told as that", async () => {
  const { url } = await listen((request, response) => {
    if (request.url === "/login") answer(200, html, page)(request, response);
    else answer(302, { location: "/login" }, "")(request, response);
  });
  const follows = (target: string, init: RequestInit) => fetch(target, { ...init, redirect: "follow" });
  expect(await failureOf(get({ url, fetch: follows }))).toMatchObject({ reason: "redirected", status: 200 });
});

describe("getToken", () => {
  const items = t.router({
    get: t.procedure
      .input((input) => input)
      .query(({ ctx }) => ({ id: ctx.request.headers.authorization ?? "none" })),
  });

  test("gives the bearer token of every request; those that start together ask once", async () => {
    const { url, requests } = await serve(t.router({ items }));
    let asked = 0;
    const client = createClient({ url, getToken: async () => `token-${++asked}` });
    const both = await Promise.all(["a", "b"].map((id) => client.items.get.query({ id })));
    expect(both.map(({ id }) => id)).toEqual(["Bearer token-1", "Bearer token-1"]);
    expect((await client.items.get.query({ id: "c" })).id).toBe("Bearer token-2");
    expect(requests).toHaveLength(2);
    for (const none of [undefined, null]) {
      expect((await createClient({ url, getToken: () => none }).items.get.query({ id: "d" })).id).toBe(
        "none",
      );
    }
  });

  const never = new Promise<string>(() => undefined);
  test.each<[string, ClientOptions["getToken"], RegExp]>([
    ["rejects", () => Promise.reject(new Error("not signed in")), /not signed in/],
    [
      "throws",
      () => {
        throw new Error("not signed in");
      },
      /not signed in/,
    ],
    ["rejects with nothing", () => Promise.reject(undefined), /No token/],
    ["hangs", () => never, /getToken has not answered within \d+ ms/],
    ["gives what is no token", () => "two\r\nlines", /gave something else/],
    ["gives an object", () => ({ token: "secret" }) as never, /gave something else/],
  ])("that %s is one typed error, and nothing is sent", async (_name, getToken, words) => {
    const { url, requests } = await serve(t.router({ items }));
    const told: unknown[] = [];
    const client = createClient({ url, getToken, timeout: 1_000, onError: (error) => told.push(error) });
    const error = await failureOf(client.items.get.query({ id: "a" }));
    expect(error).toMatchObject({ reason: "no-token", message: expect.stringMatching(words) });
    expect(error.message).not.toMatch(/secret|two/);
    expect(told).toEqual([error]);
    expect(requests).toEqual([]);
  });
});

test("a token that the API refuses is unauthorized, in the API's words", async () => {
  const { url } = await serve(
    t.router({
      items: t.router({
        get: t.procedure.query(() => {
          throw new TRPCError({ code: "UNAUTHORIZED", message: "The token has expired." });
        }),
      }),
    }),
  );
  expect(await failureOf(get({ url }))).toMatchObject({
    reason: "unauthorized",
    status: 401,
    message: "The token has expired.",
    data: { code: "UNAUTHORIZED" },
  });
});

test("a refusal has the reason, the etag, the fields and the wait that the API names", async () => {
  const details = {
    reason: "precondition-failed",
    currentEtag: "e2",
    fields: [{ path: "name", message: "is odd" }],
    retryAfterMs: 5,
  };
  const { url } = await serve(
    t.router({
      items: t.router({
        get: t.procedure.query(() => {
          throw new TRPCError({
            code: "PRECONDITION_FAILED",
            cause: new Refusal("It has changed.", details),
          });
        }),
      }),
    }),
  );
  const client = createClient({ url });
  const alone = await failureOf(client.items.get.query({ id: "a" }));
  const batched = await Promise.all(["a", "b"].map((id) => failureOf(client.items.get.query({ id }))));
  for (const error of [alone, ...batched]) {
    expect(error).toMatchObject({ ...details, status: 412, message: "It has changed." });
    expect(isApiError(error, "precondition-failed") && error.currentEtag).toBe("e2");
    expect(isApiError(error, "conflict")).toBe(false);
  }
  for (const other of [new Error("no"), undefined, { name: "ApiError", reason: "conflict" }]) {
    expect(isApiError(other)).toBe(false);
  }
});

test.each<[string, Partial<ClientOptions>]>([
  ["no URL", { url: "nowhere" }],
  ["an empty URL", { url: "" }],
  ["a URL without its scheme", { url: "localhost:3000" }],
  ["a file", { url: "file:///trpc" }],
  ["no time", { timeout: 0 }],
  ["a time that no timer measures", { timeout: 2 ** 31 }],
  ["what is no time", { timeout: Number.NaN }],
])("%s is refused at once", (_name, options) => {
  expect(() => createClient({ url: "http://127.0.0.1", ...options })).toThrow(TypeError);
});

test.each(["/", "/api/", "//example.com"])(
  "a client of %j, a page's own server, is made where there is no page, and its calls say so",
  async (url) => {
    const told: unknown[] = [];
    const { items } = createClient({ url, onError: (error) => told.push(error) });
    const failures = await Promise.all([
      failureOf(items.get.query({ id: "a" })),
      failureOf(items.upsert.mutate({ id: "a" })),
      failureOf(new Promise((_resolve, onError) => void items.watch.subscribe({}, { onError }))),
    ]);
    for (const error of failures) {
      expect(error).toMatchObject({ reason: "misconfigured", status: undefined });
      expect(error.message).toBe("url has to be http or https where there is no page.");
    }
    expect(told).toEqual(failures);
  },
);

test.each(["", "/", "/trpc", "/trpc/", "/trpc?a=b"])("the server's address may end with %j", async (end) => {
  const { url, requests } = await listen(answer(200, json, '{"result":{"data":{"id":"a"}}}'));
  await expect(get({ url: new URL(url + end) })).resolves.toEqual({ id: "a" });
  expect(requests[0]).toMatch(/^GET \/trpc\/items\.get\?input=/);
});
