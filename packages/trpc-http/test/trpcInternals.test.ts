import { initTRPC, lazy } from "@trpc/server";
import { describe, expect, it } from "vitest";
import * as internals from "../src/trpcInternals.ts";

const moved = "src/trpcInternals.ts builds on this and tRPC has moved it:";

const t = initTRPC.create();
const router = t.router({
  query: t.procedure.input((value: unknown) => value).query(({ input }) => input),
  mutation: t.procedure.mutation(() => 1),
  subscription: t.procedure.subscription(async function* () {
    yield 1;
  }),
  later: lazy(async () => t.router({ on: t.procedure.query(() => 1) })),
});

/** An object of which nothing but the given members may be read. */
function only<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, key, receiver) {
      if (!(key in target)) throw new Error(`${moved} getRequestInfo now reads ${name}.${String(key)}`);
      return Reflect.get(target, key, receiver);
    },
  });
}

function reader(values: Record<string, string>) {
  return { get: (name: string) => values[name] ?? null, has: (name: string) => name in values };
}

function readInfo(options: { method?: string; path: string; query?: Record<string, string>; body?: string }) {
  const { method = "GET", path, query = {}, body = "" } = options;
  const { get } = reader(query);
  return internals.readRequestInfo({
    request: only("Request", {
      method,
      headers: only("Headers", reader({ "content-type": "application/json" })),
      signal: new AbortController().signal,
      text: async () => body,
    }),
    parameters: only("URLSearchParams", { get }),
    path,
    router,
    maxBatchSize: 3,
  });
}

describe("what this package uses of tRPC", () => {
  it.each(Object.entries(internals).filter(([name]) => name !== "defaultTransformer"))(
    "%s is a function",
    (name, value) => {
      expect(typeof value, `${moved} ${name}`).toBe("function");
    },
  );

  it("reads a query through the few members that our request has", async () => {
    const info = await readInfo({ path: "query", query: { input: '{"a":1}' } });
    expect(info, `${moved} getRequestInfo`).toMatchObject({ isBatchCall: false, type: "query", url: null });
    expect(await info.calls[0]?.getRawInput(), `${moved} getRawInput`).toEqual({ a: 1 });
    expect(info.calls[0]?.result(), `${moved} result`).toEqual({ a: 1 });
  });

  it("reads a batch of mutations through the same members", async () => {
    const info = await readInfo({
      method: "POST",
      path: "mutation,mutation",
      query: { batch: "1", connectionParams: '{"a":"b"}' },
      body: '{"1":2}',
    });
    expect(info.connectionParams, `${moved} connectionParams`).toEqual({ a: "b" });
    expect(await Promise.all(info.calls.map((call) => call.getRawInput()))).toEqual([undefined, 2]);
  });

  it("leaves a body alone until an input is asked for", async () => {
    let reads = 0;
    const info = await internals.readRequestInfo({
      request: {
        method: "POST",
        headers: reader({ "content-type": "application/json" }),
        signal: new AbortController().signal,
        text: async () => {
          reads += 1;
          return "1";
        },
      },
      parameters: reader({}),
      path: "mutation",
      router,
      maxBatchSize: undefined,
    });
    expect(reads, `${moved} getRequestInfo reads bodies early`).toBe(0);
    await info.calls[0]?.getRawInput();
    await info.calls[0]?.getRawInput();
    expect(reads, `${moved} getRawInput reads a body again`).toBe(1);
  });

  it("names each procedure's type, of lazy routers too", async () => {
    for (const type of ["query", "mutation", "subscription"] as const) {
      const info = await readInfo({ path: type });
      expect(info.calls[0]?.procedure?._def.type, `${moved} procedure._def.type`).toBe(type);
      expect(info.type, `${moved} info.type`).toBe(type);
    }
    expect((await readInfo({ path: "later.on" })).type, `${moved} getProcedureAtPath`).toBe("query");
  });

  it("gives a router without a transformer the default one, which changes nothing", () => {
    const { transformer } = router._def._config;
    expect(transformer, `${moved} defaultTransformer`).toBe(internals.defaultTransformer);
    const value = { deep: [1, new Date(0)] };
    expect(transformer.output.serialize(value), `${moved} defaultTransformer serializes`).toBe(value);
    const envelope = { result: { data: value } };
    expect(internals.transformTRPCResponse(router._def._config, envelope), moved).toEqual(envelope);
  });

  it("asks for a stream by trpc-accept first and then by Accept", () => {
    const accept = (values: Record<string, string>) =>
      internals.getAcceptHeader(only("Headers", reader(values)) as unknown as Headers);
    expect(accept({ "trpc-accept": "application/jsonl" }), `${moved} trpc-accept`).toBe("application/jsonl");
    expect(accept({ accept: "a/b, application/jsonl" }), `${moved} accept`).toBe("application/jsonl");
    expect(accept({ accept: "a/b" }), `${moved} accept`).toBeNull();
  });
});
