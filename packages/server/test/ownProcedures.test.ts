import { defineContainer } from "@cosmos-trpc/cosmos-core/schema";
import { validate } from "@readme/openapi-parser";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { TRPCError } from "@trpc/server";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type ApiMeta, createApi, createManifest, entity, entityRouters, initApi } from "../src/index.ts";
import { useServer } from "./serverOfFile.ts";

const entities = {
  notes: entity(
    defineContainer({
      id: "notes",
      partitionKey: "/author",
      schema: z.strictObject({ id: z.string(), author: z.string(), text: z.string() }),
    }),
  ),
};

let callers = 0;

const { router, procedure, createContext } = initApi({
  entities,
  getCaller({ headers }) {
    callers += 1;
    if (headers.authorization === "nobody")
      throw new TRPCError({ code: "UNAUTHORIZED", message: "No such token." });
    return headers.authorization === undefined ? undefined : { name: headers.authorization };
  },
});

const kinds = z.strictObject({
  text: z.string(),
  number: z.number().min(-5),
  flag: z.boolean().optional(),
  big: z.bigint().optional(),
  day: z.date().optional(),
  either: z.union([z.number(), z.enum(["none"])]).optional(),
  list: z.array(z.number()).optional(),
});

const appRouter = router({
  ...entityRouters(procedure, entities),
  who: procedure
    .meta({ openapi: { method: "GET", path: "/api/who", protect: true } })
    .query(({ ctx: { caller, headers, charge, signal } }) => {
      expectTypeOf(caller).toEqualTypeOf<{ name: string } | undefined>();
      charge.add(1.5);
      return { caller, agent: headers["user-agent"], charge: charge.requestUnits, isGone: signal.aborted };
    }),
  kinds: procedure
    .meta({ openapi: { method: "GET", path: "/api/kinds/{text}", summary: "Says what it was given" } })
    .input(kinds)
    .query(({ input: { big, ...input } }) => ({
      ...input,
      big: big === undefined ? undefined : String(big),
    })),
  forget: procedure
    .meta({ openapi: { method: "DELETE", path: "/api/kinds/{number}/{text}", deprecated: true } })
    .input(kinds)
    .mutation(() => undefined),
  put: procedure
    .meta({ openapi: { method: "PUT", path: "/api/kinds/{text}", errorResponses: { 409: "It is taken" } } })
    .input(z.object({ text: z.string() }))
    .input(z.object({ n: z.number() }))
    .output(z.object({ text: z.string(), n: z.number() }))
    .mutation(({ input }) => input),
  written: procedure
    .meta({ openapi: { method: "GET", path: "/api/kinds/written" } })
    .query(() => "written out"),
  hidden: procedure
    .meta({ openapi: { enabled: false, method: "GET", path: "/api/hidden" } })
    .query(() => "hidden"),
  refuse: procedure
    .meta({ openapi: { method: "GET", path: "/api/refuse" } })
    .input(z.object({ code: z.string() }))
    .query(({ input }) => {
      throw new TRPCError({ code: input.code as TRPCError["code"], message: "Our own words." });
    }),
  bare: procedure.query(() => "only tRPC"),
  pair: procedure
    .input(z.strictObject({ id: z.string(), author: z.string() }))
    .query(async ({ ctx: { stores }, input }) => (await stores.notes.get(input)).item.text),
});

const api = createApi({
  title: "Own <procedures>",
  description: "What they do",
  version: "3.0.0",
  contact: { name: "The team", email: "team@example.com" },
  entities,
  router: appRouter,
  createContext,
});

const running = useServer(api);

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(running.url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? undefined : JSON.parse(text)) as { fields?: { path: string; message: string }[] },
  };
};

test("the context is made once for a request, with its caller, its headers and its charge", async () => {
  const headers = { authorization: "ada", "user-agent": "test" };
  const { status, body, headers: answered } = await get("/api/who", { headers });
  expect([status, body]).toEqual([
    200,
    { caller: { name: "ada" }, agent: "test", charge: 1.5, isGone: false },
  ]);
  expect(answered.get("x-ms-request-charge")).toBe("1.5");
  const before = callers;
  const batched = createTRPCClient<typeof appRouter>({
    links: [httpBatchLink({ url: `${running.url}/trpc`, headers: { authorization: "eve" } })],
  });
  const all = await Promise.all([batched.who.query(), batched.who.query(), batched.bare.query()]);
  expect(all.slice(0, 2)).toMatchObject([
    { caller: { name: "eve" } },
    { caller: { name: "eve" }, charge: 3 },
  ]);
  expect(callers).toBe(before + 1);
});

test("a caller who is refused gets that for an answer, over tRPC, plain HTTP and for an entity", async () => {
  const init = { headers: { authorization: "nobody" } };
  for (const path of ["/api/who", "/trpc/who", "/api/cosmos/notes", "/trpc/notes.list"]) {
    const { status, body } = await get(path, init);
    expect([path, status, JSON.stringify(body)]).toEqual([
      path,
      401,
      expect.stringContaining("No such token."),
    ]);
  }
  expect((await get("/healthz", init)).status).toBe(200);
});

test("a failure of a store in a procedure's body is the caller's answer, by its reason", async () => {
  const input = encodeURIComponent('{"id":"none","author":"ada"}');
  const { status, body, headers } = await get(`/trpc/pair?input=${input}`);
  expect(status).toBe(404);
  expect(body).toMatchObject({ error: { message: "There is no such item.", data: { reason: "not-found" } } });
  expect(Number(headers.get("x-ms-request-charge"))).toBeGreaterThan(0);
});

test.each([
  ["NOT_FOUND", "not-found"],
  ["CONFLICT", "conflict"],
  ["PRECONDITION_FAILED", "precondition-failed"],
  ["BAD_REQUEST", "invalid"],
  ["PAYLOAD_TOO_LARGE", "too-large"],
  ["TOO_MANY_REQUESTS", "throttled"],
  ["SERVICE_UNAVAILABLE", "unavailable"],
  ["UNAUTHORIZED", undefined],
  ["FORBIDDEN", undefined],
])("a procedure's own %s has its words and the reason %s", async (code, reason) => {
  const plain = await get(`/api/refuse?code=${code}`);
  expect(plain.body).toMatchObject({ detail: "Our own words." });
  expect((plain.body as { reason?: string }).reason).toBe(reason);
  const input = encodeURIComponent(JSON.stringify({ code }));
  const { body } = await get(`/trpc/refuse?input=${input}`);
  const { error } = body as unknown as { error: { message: string; data: { reason?: string } } };
  expect([error.message, error.data.reason]).toEqual(["Our own words.", reason]);
});

test("what an address says is what the input takes", async () => {
  const query =
    "number=1.5&flag=true&big=769308320146468865&day=2026-01-31T12:00:00Z&either=none&list=1&list=2";
  const { status, body } = await get(`/api/kinds/${encodeURIComponent("a/b 5")}?${query}`);
  expect([status, body]).toEqual([
    200,
    {
      text: "a/b 5",
      number: 1.5,
      flag: true,
      big: "769308320146468865",
      day: "2026-01-31T12:00:00.000Z",
      either: "none",
      list: [1, 2],
    },
  ]);
  expect((await get("/api/kinds/12?number=-3&either=7")).body).toEqual({ text: "12", number: -3, either: 7 });
});

test.each([
  ["/api/kinds/a", ["number"]],
  ["/api/kinds/a?number=one", ["number"]],
  ["/api/kinds/a?number=-6", ["number"]],
  ["/api/kinds/a?number=1&number=2", ["number"]],
  ["/api/kinds/a?number=769308320146468865", ["number"]],
  ["/api/kinds/a?number=1e400", ["number"]],
  ["/api/kinds/a?number=1&flag=yes&colour=red", ["colour", "flag"]],
  ["/api/kinds/a?number=1&list=x", ["list.0"]],
  ["/api/kinds/%ff?number=1", ["text"]],
])("%s is refused with its fields", async (path, fields) => {
  const { status, body, headers } = await get(path);
  expect([status, headers.get("content-type")]).toEqual([400, "application/problem+json"]);
  expect(body.fields?.map((field) => field.path).sort()).toEqual(fields);
});

test("methods, slashes and letters are as they are for users of trpc-to-openapi", async () => {
  expect((await get("/api/kinds/written")).body).toBe("written out");
  expect((await get("/API/Kinds/Written/")).body).toBe("written out");
  const put = await get("/api/kinds/a?", { method: "PUT", body: '{"n":1,"text":"another"}' });
  expect([put.status, put.body]).toEqual([200, { text: "a", n: 1 }]);
  const unsafe = await get("/api/kinds/a", { method: "PUT", body: '{"n":769308320146468865}' });
  expect([unsafe.status, unsafe.body.fields]).toEqual([400, [{ path: "n", message: expect.any(String) }]]);
  expect((await get("/api/kinds/a", { method: "PUT", body: "[]" })).status).toBe(400);
  expect((await get("/api/kinds/1/a", { method: "DELETE" })).status).toBe(204);
  const other = await get("/api/kinds/a", { method: "POST" });
  expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, HEAD, PUT"]);
  expect((await get("/api/kinds/a?number=1", { method: "HEAD" })).status).toBe(200);
  for (const path of ["/api/hidden", "/api/kinds", "/api/bare"]) expect((await get(path)).status).toBe(404);
});

test("the document has those with a path, and is titled by the API", async () => {
  const document = (await get("/openapi.json")).body as unknown as {
    paths: Record<string, Record<string, object>>;
    info: object;
    components: object;
  };
  expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  expect(document.info).toEqual({
    title: "Own <procedures>",
    description: "What they do",
    version: "3.0.0",
    contact: { name: "The team", email: "team@example.com" },
  });
  expect(Object.keys(document.paths).filter((path) => !path.startsWith("/api/cosmos"))).toEqual([
    "/api/who",
    "/api/kinds/written",
    "/api/kinds/{text}",
    "/api/kinds/{number}/{text}",
    "/api/refuse",
  ]);
  expect(document.paths["/api/who"]).toMatchObject({ get: { security: [{ Authorization: [] }] } });
  expect(document.components).toMatchObject({ securitySchemes: { Authorization: { scheme: "bearer" } } });
  expect(document.paths["/api/kinds/{text}"]).toMatchObject({
    get: {
      summary: "Says what it was given",
      parameters: expect.arrayContaining([
        { name: "text", in: "path", required: true, schema: { type: "string" } },
        { name: "flag", in: "query", required: false, schema: { type: "boolean" } },
      ]),
    },
    put: { responses: { 409: { description: "It is taken" } } },
  });
  const page = await (await fetch(`${running.url}/docs`)).text();
  expect(page).toContain("<title>Own &#60;procedures&#62;</title>");
});

test("the manifest has every procedure, with its schemas and its route", () => {
  const { title, procedures } = createManifest(api);
  expect(title).toBe("Own <procedures>");
  expect(Object.keys(procedures)).toEqual(
    expect.arrayContaining(["who", "bare", "notes.get", "notes.watch"]),
  );
  expect(procedures["put"]).toMatchObject({
    type: "mutation",
    isIdempotent: true,
    http: { method: "PUT", path: "/api/kinds/{text}" },
    output: { type: "object", required: ["text", "n"] },
  });
  expect(procedures["kinds"]?.input).toMatchObject({ type: "object", required: ["text", "number"] });
  expect(procedures["bare"]).toEqual({ type: "query" });
});

describe("meta that cannot be served is refused at the start:", () => {
  const served = (openapi: object, input?: z.ZodType, more: object = {}) => {
    const base = procedure.meta({ openapi } as ApiMeta);
    const own = input === undefined ? base : base.input(input);
    const made = router({ ...entityRouters(procedure, entities), own: own.query(() => 1), ...more });
    return () => createApi({ title: "x", entities, router: made, createContext });
  };
  const one = z.object({ id: z.string() });

  test.each([
    [
      "a path without a slash",
      served({ method: "GET", path: "own" }),
      'path "own": a path begins with a slash',
    ],
    ["a method that there is not", served({ method: "FETCH", path: "/own" }), 'method "FETCH"'],
    ["a parameter that the input lacks", served({ method: "GET", path: "/own/{key}" }, one), "no field key"],
    ["a parameter without an input", served({ method: "GET", path: "/own/{id}" }), "no field id"],
    ["a parameter twice", served({ method: "GET", path: "/{id}/{id}" }, one), "{id} twice"],
    ["half a parameter", served({ method: "GET", path: "/own-{id}" }, one), "segment own-{id}"],
    [
      "a list in an address",
      served({ method: "GET", path: "/own" }, z.array(z.string())),
      "no object of fields",
    ],
    [
      "an entity's path",
      served({ method: "GET", path: "/api/cosmos/notes" }),
      "/api/cosmos is the server's own",
    ],
    ["the health check's", served({ method: "GET", path: "/healthz" }), "/healthz is the server's own"],
    ["tRPC's", served({ method: "GET", path: "/trpc/own" }), "/trpc is the server's own"],
    [
      "another procedure's",
      served({ method: "GET", path: "/own/{id}" }, one, {
        second: procedure
          .meta({ openapi: { method: "GET", path: "/Own/{name}/" } })
          .input(z.object({ name: z.string() }))
          .query(() => 2),
      }),
      "as own is",
    ],
    [
      "a subscription",
      served({ method: "GET", path: "/own" }, undefined, {
        live: procedure.meta({ openapi: { method: "GET", path: "/live" } }).subscription(async function* () {
          yield 1;
        }),
      }),
      "is a subscription",
    ],
    [
      "an input that is no zod schema",
      served({ method: "GET", path: "/own" }, undefined, {
        raw: procedure
          .meta({ openapi: { method: "POST", path: "/raw" } })
          .input((value) => value)
          .query(() => 1),
      }),
      "no zod schema",
    ],
  ])("%s", (_name, create, sentence) => {
    expect(create).toThrow(TypeError);
    expect(create).toThrow(sentence);
    expect(create).toThrow(/^The procedure \w+ .*\.$/);
  });

  test("an entity that the router does not have, or whose name no address can have", () => {
    const lone = router({ who: procedure.query(() => 1) });
    expect(() => createApi({ title: "x", entities, router: lone, createContext })).toThrow(
      "The entity notes has no procedures in the router: add `notes: entityRouter(procedure, entities.notes)`.",
    );
    const odd = { "a b": entities.notes };
    const { router: oddRouter, procedure: base, createContext: make } = initApi({ entities: odd });
    const named = oddRouter(entityRouters(base, odd));
    expect(() => createApi({ title: "x", entities: odd, router: named, createContext: make })).toThrow(
      'The entity "a b" has no name for an address',
    );
  });
});
