import type { ServerResponse } from "node:http";
import { initTRPC, lazy, TRPCError } from "@trpc/server";
import { octetInputParser } from "@trpc/server/http";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { z } from "zod";

/** The context of the routers under test. */
export interface Context {
  readonly who: string;
  readonly res: ServerResponse;
}

type Configuration = Parameters<ReturnType<typeof initTRPC.context<Context>>["create"]>[0];

/** Error codes, for procedures that throw one. */
export const errorCodes = Object.keys(TRPC_ERROR_CODES_BY_KEY) as TRPC_ERROR_CODE_KEY[];

class Unprintable {
  toJSON() {
    throw new RangeError("no JSON of this");
  }
}

/** Values that a procedure may return. Each is made anew: some can be used only once. */
export const outputs = {
  undefined: () => undefined,
  null: () => null,
  nothing: () => ({}),
  string: () => 'plain <\u2028> "quoted" ünïcödé \u{1f600} \ud800',
  number: () => Number.NaN,
  boolean: () => false,
  array: () => [1, undefined, () => 1, null],
  date: () => new Date(0),
  map: () => new Map([["a", 1]]),
  sparse: () => ({ a: undefined, b: Symbol("b"), c: 1 }),
  large: () => "x".repeat(200_000),
  toJSON: () => ({ toJSON: () => "as JSON" }),
  bigint: () => 1n,
  circular: () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    return circle;
  },
  unprintable: () => new Unprintable(),
  promise: () => ({ later: Promise.resolve(1) }),
  deepPromise: () => ({ deep: { later: Promise.resolve(1) } }),
  promiseInArray: () => [Promise.resolve(1)],
  // biome-ignore lint/suspicious/noThenProperty: half a promise is what this is about
  thenable: () => ({ later: { then: () => undefined } }),
  asyncIterable: () =>
    (async function* () {
      yield 1;
    })(),
  asyncIterableInside: () => ({
    items: (async function* () {
      yield 1;
    })(),
  }),
  error: () => new Error("returned, not thrown"),
  getter: () => ({
    get read() {
      return "got";
    },
  }),
  prototype: () => JSON.parse('{"__proto__":{"a":1}}'),
} satisfies Record<string, () => unknown>;

/** Values that a procedure or a context may throw. */
export const thrown = {
  error: () => new Error("plain error"),
  typeError: () => new TypeError("type error"),
  string: () => "just a string",
  empty: () => "",
  number: () => 42,
  undefined: () => undefined,
  null: () => null,
  object: () => ({ message: "an object's message", code: "E" }),
  array: () => [1, 2],
  function: () => () => undefined,
  frozen: () => Object.freeze(new Error("frozen")),
  named: () => Object.assign(new Error("named like one"), { name: "TRPCError", code: "CONFLICT" }),
  foreignCode: () => Object.assign(new Error("named like one"), { name: "TRPCError", code: "UNHEARD_OF" }),
  withCause: () => new TRPCError({ code: "CONFLICT", cause: { a: 1 } }),
  noMessage: () => new TRPCError({ code: "FORBIDDEN" }),
} satisfies Record<string, () => unknown>;

/** Things that a procedure may do to node's response before it returns. */
export const deeds = {
  created: (res) => (res.statusCode = 201),
  noContent: (res) => (res.statusCode = 204),
  notModified: (res) => (res.statusCode = 304),
  header: (res) => res.setHeader("X-Own", "1"),
  contentType: (res) => res.setHeader("Content-Type", "text/x-own"),
  vary: (res) => res.setHeader("Vary", "Origin"),
  length: (res) => res.setHeader("Content-Length", "28"),
  chunked: (res) => res.setHeader("Transfer-Encoding", "chunked"),
  close: (res) => res.setHeader("Connection", "close"),
  cookies: (res) => res.appendHeader("Set-Cookie", ["a=1", "b=2"]),
  message: (res) => (res.statusMessage = "Splendid"),
  noDate: (res) => (res.sendDate = false),
  ended: (res) => res.writeHead(202, { "content-length": 4 }).end("done"),
  headWritten: (res) => res.writeHead(202, { "content-length": 0 }),
} satisfies Record<string, (res: ServerResponse) => unknown>;

/** A router with every kind of procedure, built with the given configuration. */
export function everyKind(configuration: Configuration = {}) {
  const t = initTRPC.context<Context>().create({ isDev: false, ...configuration });
  const open = t.procedure;
  const anyInput = open.input(z.any());
  const strictInput = open.input(z.object({ id: z.string().min(1), n: z.number().int().optional() }));

  const resolvers = {
    output: ({ input }: { input: keyof typeof outputs }) => outputs[input]?.(),
    throw: ({ input }: { input: keyof typeof thrown }) => {
      throw thrown[input]?.();
    },
    code: ({ input }: { input: TRPC_ERROR_CODE_KEY }) => {
      throw new TRPCError({ code: input, message: `coded ${input}` });
    },
    deed: ({ input, ctx }: { input: keyof typeof deeds; ctx: Context }) => {
      deeds[input]?.(ctx.res);
      return input;
    },
  };
  const name = open.input(z.string());

  return t.router({
    hello: open.query(() => "hello"),
    echo: anyInput.query(({ input }) => ({ input })),
    strict: strictInput.query(({ input }) => input),
    twice: strictInput.input(z.object({ also: z.boolean().default(true) })).query(({ input }) => input),
    who: open.query(({ ctx }) => ctx?.who ?? "nobody"),
    output: name.query((options) => resolvers.output(options as never)),
    throw: name.query((options) => resolvers.throw(options as never)),
    code: name.query((options) => resolvers.code(options as never)),
    deed: name.query((options) => resolvers.deed(options as never)),
    checked: anyInput.output(z.object({ ok: z.literal(true) })).query(({ input }) => input),
    guarded: open
      .use(({ ctx, next, path, type, meta, getRawInput, signal, batchIndex }) =>
        next({
          ctx: { seen: [ctx?.who, path, type, meta, typeof getRawInput, signal?.aborted, batchIndex] },
        }),
      )
      .query(({ ctx }) => ctx.seen),
    raw: open
      .use(async ({ getRawInput, next }) =>
        next({ ctx: { read: [await getRawInput(), await getRawInput()] } }),
      )
      .query(({ ctx }) => ctx.read),
    forgetful: open.use((() => undefined) as never).query(() => "never"),
    formatted: open
      .errors(({ shape }) => ({ ...shape, message: "formatted by the procedure" }))
      .query(() => {
        throw new TRPCError({ code: "IM_A_TEAPOT" as never, message: "unformatted" });
      }),
    save: strictInput.mutation(({ input }) => ({ saved: input })),
    store: anyInput.mutation(({ input }) => ({ stored: input })),
    touch: open.mutation(() => "touched"),
    fail: name.mutation((options) => resolvers.throw(options as never)),
    ticks: open.subscription(async function* () {
      yield 1;
      yield 2;
    }),
    upload: open
      .input((form: unknown) => form as Iterable<[name: string, value: unknown]>)
      .mutation(({ input }): string[] => [...input].map(([name]) => name)),
    octets: open
      .input(octetInputParser)
      .mutation(async ({ input }) => (await new Response(input).text()).length),
    "ü name": open.query(() => "an unusual name"),
    "a%20b": open.query(() => "a name with a percent sign"),
    ".hidden": open.query(() => "a name with a dot"),
    nested: { deeper: { still: anyInput.query(({ input }) => input ?? "deep") } },
    later: lazy(async () => t.router({ on: anyInput.query(({ input }) => input ?? "loaded later") })),
  });
}
