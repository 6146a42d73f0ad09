import type { AnyTRPCRouter } from "@trpc/server";
import type { TRPCRequestInfo } from "@trpc/server/http";
import superjson from "superjson";
import type { NodeHandlerOptions } from "../src/index.ts";
import { everyKind, thrown } from "./everyKind.ts";
import { type Diary, note, type Setup } from "./serverPair.ts";

type Options = NodeHandlerOptions<AnyTRPCRouter>;
type ResponseMeta = NonNullable<ReturnType<NonNullable<Options["responseMeta"]>>>;

const plainRouter = everyKind();

/** What `createContext` and `responseMeta` can see of a request. */
function describe(info: TRPCRequestInfo | undefined) {
  return (
    info && {
      ...info,
      url: info.url?.href,
      signal: [info.signal instanceof AbortSignal, info.signal.aborted],
      calls: info.calls.map(({ path, batchIndex, procedure, result }) => ({
        path,
        batchIndex,
        type: procedure?._def.type,
        input: result(),
      })),
    }
  );
}

function describeError(error: Error & { readonly code?: unknown }) {
  return [
    error.name,
    error.code,
    error.message,
    error.cause instanceof Error ? error.cause.message : error.cause,
  ];
}

/** Options with every callback in use and nothing else out of the ordinary. */
function observed(diary: Diary, options: Partial<Options> = {}): Options {
  return {
    router: plainRouter,
    createContext: ({ req, res, info, ...rest }) => {
      diary.push(note("createContext", [req.method, req.url, describe(info), Object.keys(rest).sort()]));
      return { who: "tester", res };
    },
    onError: ({ error, path, input, ctx, type, req }) => {
      diary.push(note("onError", [describeError(error), path, input, ctx?.who, type, req.url]));
    },
    responseMeta: ({ ctx, info, paths, data, errors, eagerGeneration, type }) => {
      const errorNotes = errors.map(describeError);
      // Streams and such are in `data` before they are refused; what they are is not our concern.
      diary.push(
        note("responseMeta", [
          ctx?.who,
          describe(info),
          paths,
          data.length,
          errorNotes,
          eagerGeneration,
          type,
        ]),
      );
      return {};
    },
    ...options,
  } as Options;
}

function meta(make: () => ResponseMeta): Setup {
  return (diary) => observed(diary, { responseMeta: make });
}

/** Headers that tell success from failure: what cannot be written is told of twice, as the one and then as the other. */
function metaByOutcome(done: ResponseMeta, failed: ResponseMeta): Setup {
  return (diary) => observed(diary, { responseMeta: ({ errors }) => (errors.length === 0 ? done : failed) });
}

function throwingContext(kind: keyof typeof thrown): Setup {
  return (diary) =>
    observed(diary, {
      createContext: () => {
        throw thrown[kind]();
      },
    });
}

interface FormatterOptions {
  readonly shape: { readonly message: string; readonly code: number; readonly data: object };
  readonly path: string | undefined;
}

function formatter(format: (options: FormatterOptions) => unknown): Setup {
  const router = everyKind({ errorFormatter: (options) => format(options) as never });
  return (diary) => observed(diary, { router });
}

/**
 * Leaves only what JSON-RPC asks for. Not where the request as such could not be handled: tRPC's own last resort reads
 * `data.httpStatus` of whatever a formatter returned and ends the process if there is no `data`.
 */
function withoutData({ shape, path }: FormatterOptions) {
  const lastResort = path === undefined && (shape.code === -32603 || shape.message === "Invalid URL");
  return lastResort ? shape : { code: shape.code, message: shape.message };
}

/** Every way of setting up a handler that changes its answers. */
export const setups = {
  plain: (diary) => observed(diary),
  bare: () => ({ router: plainRouter }) as Options,
  ownParser: (diary) => observed(diary, { parseJson: JSON.parse }),
  ownParserSmallBodies: (diary) => observed(diary, { parseJson: JSON.parse, maxBodySize: 40 }),
  ownParserSuperjson: (diary) => observed(diary, { parseJson: JSON.parse, router: superjsonRouter }),
  ownParserBrokenTransformer: (diary) =>
    observed(diary, { parseJson: JSON.parse, router: brokenTransformerRouter }),
  ownParserMethodOverride: (diary) => observed(diary, { parseJson: JSON.parse, allowMethodOverride: true }),
  ownParserContextReadsInput: (diary) =>
    observed(diary, {
      parseJson: JSON.parse,
      createContext: async ({ info, res }) => {
        diary.push(note("inputs", await Promise.all(info.calls.map((call) => call.getRawInput()))));
        return { who: "reader", res };
      },
    }),
  basePath: (diary) => observed(diary, { basePath: "/api/trpc/" }),
  noBatching: (diary) => observed(diary, { allowBatching: false }),
  noBatchingOldOption: (diary) => observed(diary, { batching: { enabled: false } }),
  smallBatches: (diary) => observed(diary, { maxBatchSize: 2 }),
  smallBodies: (diary) => observed(diary, { maxBodySize: 40 }),
  methodOverride: (diary) => observed(diary, { allowMethodOverride: true }),
  superjson: (diary) => observed(diary, { router: superjsonRouter }),
  brokenTransformer: (diary) => observed(diary, { router: brokenTransformerRouter }),
  separator: (diary) => observed(diary, { router: separatorRouter }),
  asyncContext: (diary) =>
    observed(diary, { createContext: async ({ res }) => await Promise.resolve({ who: "later", res }) }),
  contextReadsInput: (diary) =>
    observed(diary, {
      createContext: async ({ info, res }) => {
        const inputs = await Promise.all(info.calls.map((call) => call.getRawInput()));
        diary.push(note("inputs", inputs));
        return { who: "reader", res };
      },
    }),
  contextThrowsError: throwingContext("error"),
  contextThrowsString: throwingContext("string"),
  contextThrowsUndefined: throwingContext("undefined"),
  contextThrowsCode: throwingContext("noMessage"),
  contextRejects: (diary) => observed(diary, { createContext: async () => Promise.reject({ odd: true }) }),
  contextSetsHeaders: (diary) =>
    observed(diary, {
      createContext: ({ res }) => {
        res.setHeader("X-From-Context", "1");
        res.appendHeader("set-cookie", "context=1");
        return { who: "setter", res };
      },
    }),
  metaStatus: meta(() => ({ status: 299 })),
  metaStatusText: meta(() => ({ status: "418" as unknown as number })),
  metaStatusZero: meta(() => ({ status: 0 })),
  metaStatusFraction: meta(() => ({ status: 201.7 })),
  metaNoContent: meta(() => ({ status: 204 })),
  metaResetContent: meta(() => ({ status: 205 })),
  metaNotModified: meta(() => ({ status: 304 })),
  metaSwitching: meta(() => ({ status: 101 })),
  metaImpossible: meta(() => ({ status: 999 })),
  metaNothing: meta(() => undefined as unknown as ResponseMeta),
  metaHeaders: meta(() => ({
    headers: {
      "Cache-Control": "public, max-age=1",
      "x-list": ["a", "b"],
      Vary: "origin",
      "x-absent": undefined,
    },
  })),
  metaPlainHeaders: meta(() => ({ headers: { "x-charge": "2.5", age: "0", "cache-control": "no-store" } })),
  metaPlainWithStatus: meta(() => ({ status: 429, headers: { "retry-after": "1", "x-empty": "", z: "é" } })),
  metaWebHeaders: meta(() => ({
    headers: new Headers([
      ["x-a", "1"],
      ["x-a", "2"],
      ["vary", "origin"],
      ["content-type", "application/problem+json"],
      ["set-cookie", "a=1; HttpOnly"],
      ["set-cookie", "b=2"],
    ]),
  })),
  metaCookies: meta(() => ({
    status: 203,
    headers: { "set-cookie": ["a=1", "b=2; Path=/"], "content-type": "x/y" },
  })),
  metaBadHeader: meta(() => ({ headers: { "bad header": "x" } })),
  metaBadValue: meta(() => ({ headers: { "x-bad": "a\nb" } })),
  metaUnicodeValue: meta(() => ({ headers: { "x-wide": "\u20ac" } })),
  metaLength: meta(() => ({ headers: { "x-late": "1", connection: "close" } })),
  metaPlainTwice: metaByOutcome(
    { headers: { "x-ok": "1", "x-both": "ok" } },
    { headers: { "x-both": "error" } },
  ),
  metaWebThenPlain: metaByOutcome({ headers: { "set-cookie": "ok=1" } }, { headers: { "x-error": "1" } }),
  metaPlainThenWeb: metaByOutcome(
    { headers: { "x-ok": "1" } },
    { headers: { "Set-Cookie": ["a=1", "b=2"] } },
  ),
  metaThrows: meta(() => {
    throw new Error("responseMeta threw");
  }),
  formatterStripsData: formatter(withoutData),
  formatterSetsStatus: formatter(({ shape }) => ({ ...shape, data: { httpStatus: 451, extra: [1] } })),
  formatterOddStatus: formatter(({ shape }) => ({ ...shape, data: { httpStatus: 204 } })),
  formatterImpossibleStatus: formatter(({ shape }) => ({ ...shape, data: { httpStatus: 700 } })),
  formatterThrows: formatter(() => {
    throw new Error("errorFormatter threw");
  }),
  middlewarePasses: (diary) =>
    observed(diary, {
      middleware: (_req, res, next) => {
        res.setHeader("x-middleware", "1");
        next();
      },
    }),
  middlewareFails: (diary) =>
    observed(diary, { middleware: (_req, _res, next) => next(new Error("middleware failed")) }),
  middlewareAnswers: (diary) =>
    observed(diary, { middleware: (_req, res) => res.writeHead(202).end("answered") }),
  middlewareThrows: (diary) =>
    observed(diary, {
      middleware: () => {
        throw new Error("middleware threw");
      },
    }),
  answerNoted: (diary) =>
    observed(diary, {
      middleware: (_req, res, next) => {
        const { end } = res;
        res.end = (...args: unknown[]) => {
          Reflect.apply(end, res, args);
          const { "content-length": _, ...headers } = res.getHeaders();
          diary.push(note("answer", [res.statusCode, headers]));
          return res;
        };
        next();
      },
    }),
  answerChanged: (diary) =>
    observed(diary, {
      middleware: (_req, res, next) => {
        const { end } = res;
        const chunks: Buffer[] = [];
        const keep = (chunk: unknown) => {
          if (typeof chunk === "string" || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
          return true;
        };
        res.write = keep;
        res.end = (chunk?: unknown) => {
          if (res.writableEnded) return res;
          keep(chunk);
          if (!res.headersSent) res.setHeader("x-changed", "1");
          return Reflect.apply(end, res, [`(${Buffer.concat(chunks).toString()})`]);
        };
        next();
      },
    }),
  middlewareRewrites: (diary) =>
    observed(diary, {
      middleware: (req, _res, next) => {
        req.url = `${req.url}${req.url?.includes("?") ? "&" : "?"}connectionParams=${encodeURIComponent('{"a":"b"}')}`;
        next();
      },
    }),
  bodyParsed: (diary) =>
    observed(diary, {
      middleware: (req, _res, next) => {
        const chunks: Buffer[] = [];
        req.on("data", (chunk: Buffer) => chunks.push(chunk));
        req.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          try {
            (req as { body?: unknown }).body = JSON.parse(text);
          } catch {
            (req as { body?: unknown }).body = text;
          }
          next();
        });
      },
    }),
  bodyThrows: (diary) =>
    observed(diary, {
      // Later, as body parsers do: what is thrown then reaches no caller of the handler.
      middleware: (req, _res, next) => {
        Object.defineProperty(req, "body", {
          get: () => {
            throw new Error("the body cannot be parsed");
          },
        });
        setImmediate(next);
      },
    }),
  bodySkipped: (diary) =>
    observed(diary, {
      middleware: (req, _res, next) => {
        (req as { body?: unknown }).body = undefined;
        next();
      },
    }),
  bodyDrained: (diary) =>
    observed(diary, {
      middleware: (req, _res, next) => {
        req.resume();
        req.on("end", () => next());
      },
    }),
} satisfies Record<string, Setup>;

const superjsonRouter = everyKind({ transformer: superjson });
const brokenTransformerRouter = everyKind({
  transformer: {
    serialize: (value: unknown) => {
      if (typeof value === "string") throw new Error("cannot serialize strings");
      return value;
    },
    deserialize: (value: unknown) => {
      if (Array.isArray(value)) throw new Error("cannot deserialize lists");
      return value;
    },
  },
});
const separatorRouter = everyKind({ pathSeparator: "~" });
