import { setImmediate as turn } from "node:timers/promises";
import { TRPCError, tracked } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient, isItemsError } from "../src/index.ts";
import { listen, Refusal, serve, t } from "./runningRouter.ts";

interface WatchEvent {
  readonly id: string;
  readonly data: { readonly n: number };
}

interface Watching {
  subscribe(
    input: object,
    callbacks: {
      onData?: (event: WatchEvent) => void;
      onError?: (error: unknown) => void;
      onComplete?: () => void;
      onStarted?: () => void;
      onConnectionStateChange?: (state: { state: string; error: unknown }) => void;
    },
  ): { unsubscribe(): void };
}

/** The client's `watch`, in a router that has it. */
const watchOf = (options: ClientOptions): Watching =>
  (createClient(options) as unknown as { items: { watch: Watching } }).items.watch;

const watchInput = t.procedure.input((input) => input as { lastEventId?: string });

/** A feed of `last` events whose ids are its cursor: it goes on behind the one that a watcher names. */
const feed = (last: number, between: () => unknown = () => undefined) =>
  t.router({
    items: t.router({
      watch: watchInput.subscription(async function* ({ input }) {
        for (let n = Number(input.lastEventId ?? 0) + 1; n <= last; n += 1) {
          yield tracked(String(n), { n });
          await between();
        }
      }),
    }),
  });

/** Watches until the feed has come to its end. @returns what came, in order */
const watchAll = (options: ClientOptions): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const seen: number[] = [];
    watchOf(options).subscribe(
      {},
      { onData: ({ data }) => seen.push(data.n), onError: reject, onComplete: () => resolve(seen) },
    );
  });

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("a feed comes through whole, and its end completes the subscription", async () => {
  const { url, requests } = await serve(feed(1_000));
  expect(await watchAll({ url })).toEqual(upTo(1_000));
  expect(requests).toHaveLength(1);
});

test("a connection cut a hundred times loses and doubles nothing", async () => {
  const cuts = 100;
  const last = 3_000;
  let done = 0;
  // It writes on and on, so events are on their way, whole and in part, when a connection is cut.
  const running = await serve(feed(last, () => turn()));
  const seen = await new Promise<number[]>((resolve, reject) => {
    const events: number[] = [];
    watchOf({ url: running.url }).subscribe(
      {},
      {
        onData({ data }) {
          events.push(data.n);
          // One cut a connection, a few events after it was made.
          if (events.length % 5 === 0 && done < cuts && running.requests.length > done) {
            done += 1;
            running.cut();
          }
        },
        onError: reject,
        onComplete: () => resolve(events),
      },
    );
  });
  expect(seen).toEqual(upTo(last));
  expect(done).toBe(cuts);
  expect(running.requests).toHaveLength(cuts + 1);
});

test("an event cut anywhere within its bytes comes whole, once", async () => {
  const text = (n: number): string => `data: {"n":${n},"text":"é"}\nid: ${n}\n\n\n`;
  const whole = Buffer.from(text(1));
  let attempt = 0;
  const { url } = await listen((request, response) => {
    attempt += 1;
    const from = Number(new URL(request.url ?? "", "http://a").searchParams.get("lastEventId") ?? 0);
    response.writeHead(200, { "content-type": "text/event-stream" });
    // The ping tells the client that the server is well: it does not wait longer each time.
    response.write("event: connected\ndata: {}\n\n\nevent: ping\ndata: \n\n\n");
    if (from === 0) response.write(whole.subarray(0, attempt), () => request.socket.end());
    else response.end(`${text(from + 1)}event: return\ndata: \n\n\n`);
  });
  const seen = await watchAll({ url });
  expect(seen).toEqual([1, 2]);
});

test("each connection has a fresh token", async () => {
  const tokens: (string | undefined)[] = [];
  let cut = (): void => undefined;
  const router = t.router({
    items: t.router({
      watch: watchInput.subscription(async function* ({ ctx, input }) {
        tokens.push(ctx.request.headers.authorization);
        yield tracked(`${input.lastEventId ?? ""}x`, { n: tokens.length });
        if (tokens.length < 3) {
          await turn();
          cut();
          await new Promise(() => undefined);
        }
      }),
    }),
  });
  const running = await serve(router);
  cut = running.cut;
  let asked = 0;
  await watchAll({ url: running.url, getToken: () => `t${++asked}` });
  expect(tokens).toEqual(["Bearer t1", "Bearer t2", "Bearer t3"]);
});

test("unsubscribing ends the connection and says nothing more", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: began, resolve: begin } = Promise.withResolvers<void>();
  const router = t.router({
    items: t.router({
      watch: watchInput.subscription(async function* ({ signal }) {
        signal?.addEventListener("abort", () => end());
        yield tracked("1", { n: 1 });
        await ended;
        yield tracked("2", { n: 2 });
      }),
    }),
  });
  const { url, requests } = await serve(router);
  const told: unknown[] = [];
  const watch = watchOf({ url, onError: (error) => told.push(error) });
  const subscription = watch.subscribe({}, { onData: () => begin(), onError: (error) => told.push(error) });
  await began;
  subscription.unsubscribe();
  await ended;
  await turn();
  expect(told).toEqual([]);
  expect(requests).toHaveLength(1);
});

/** Watches until the subscription fails. */
const failureOf = (options: ClientOptions) =>
  new Promise<unknown>((resolve, reject) => {
    watchOf(options).subscribe(
      {},
      { onError: resolve, onComplete: () => reject(new Error("It has ended well.")) },
    );
  });

describe("a subscription ends with one typed error", () => {
  test.each<[string, number, Record<string, string>, string, string]>([
    ["HTML", 200, { "content-type": "text/html" }, "<title>Sign in</title>", "not-this-api"],
    ["another JSON", 200, { "content-type": "application/json" }, "{}", "not-this-api"],
    ["a redirect", 302, { location: "https://login.example.com/" }, "", "redirected"],
    ["a platform's 401", 401, {}, "", "unauthorized"],
    [
      "the API's refusal",
      400,
      { "content-type": "application/json" },
      '{"error":{"message":"name is odd.","code":-32600,"data":{"code":"BAD_REQUEST","httpStatus":400,"reason":"invalid"}}}',
      "invalid",
    ],
  ])("for %s", async (_name, status, headers, body, reason) => {
    const { url, requests } = await listen(
      (_request, response) => void response.writeHead(status, headers).end(body),
    );
    const told: unknown[] = [];
    const error = await failureOf({ url, onError: (failure, call) => told.push([failure, call]) });
    expect(isItemsError(error) && error.reason).toBe(reason);
    expect(told).toEqual([[error, { path: "items.watch", type: "subscription" }]]);
    expect(requests).toHaveLength(1);
  });

  test.each<[string, ClientOptions["getToken"]]>([
    ["rejects", () => Promise.reject(new Error("not signed in"))],
    ["hangs", () => new Promise(() => undefined)],
  ])("for a getToken that %s", async (_name, getToken) => {
    const { url, requests } = await serve(feed(1));
    const error = await failureOf({ url, getToken, timeout: 100 });
    expect(isItemsError(error, "no-token")).toBe(true);
    expect(requests).toEqual([]);
  });

  test("for a refusal within the stream", async () => {
    const { url } = await serve(
      t.router({
        items: t.router({
          // biome-ignore lint/correctness/useYield: it fails before its first event.
          watch: watchInput.subscription(async function* () {
            throw new TRPCError({
              code: "NOT_FOUND",
              cause: new Refusal("There is no such container.", { reason: "not-found" }),
            });
          }),
        }),
      }),
    );
    const error = await failureOf({ url });
    expect(error).toMatchObject({ reason: "not-found", message: "There is no such container." });
    expect(isItemsError(error, "not-found")).toBe(true);
  });
});

test("what passes by itself does not end it: 502, 503, 429 and silence", async () => {
  let attempt = 0;
  const { url, requests } = await listen((_request, response) => {
    attempt += 1;
    if (attempt === 1) response.writeHead(502).end("<h1>Bad Gateway</h1>");
    else if (attempt === 2) response.writeHead(503, { "retry-after": "0" }).end();
    else if (attempt === 3) response.writeHead(429).end();
    else if (attempt > 4) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.end('event: connected\ndata: {}\n\ndata: {"n":7}\nid: 7\n\nevent: return\ndata: \n\n');
    }
  });
  const states: unknown[] = [];
  const seen = await new Promise<number[]>((resolve, reject) => {
    const events: number[] = [];
    watchOf({ url, timeout: 500 }).subscribe(
      {},
      {
        onData: ({ data }) => events.push(data.n),
        onError: reject,
        onComplete: () => resolve(events),
        onConnectionStateChange: ({ error }) => {
          if (isItemsError(error)) states.push(error.reason);
        },
      },
    );
  });
  expect(seen).toEqual([7]);
  expect(states).toEqual(["gateway", "unavailable", "throttled", "timeout"]);
  expect(requests).toHaveLength(5);
});

test("a feed that is throttled on the way is taken up again where it was", async () => {
  let attempts = 0;
  const { url } = await serve(
    t.router({
      items: t.router({
        watch: watchInput.subscription(async function* ({ input }) {
          attempts += 1;
          if (input.lastEventId === undefined) {
            yield tracked("1", { n: 1 });
            throw new TRPCError({
              code: "TOO_MANY_REQUESTS",
              cause: new Refusal("Later.", { reason: "throttled", retryAfterMs: 20 }),
            });
          }
          yield tracked("2", { n: 2 });
        }),
      }),
    }),
  );
  expect(await watchAll({ url })).toEqual([1, 2]);
  expect(attempts).toBe(2);
});
