import { setImmediate as turn } from "node:timers/promises";
import { TRPCError, tracked } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { type ClientOptions, isApiError } from "../src/index.ts";
import { listen, Refusal, serve, t } from "./runningRouter.ts";
import { createClient } from "./testApi.ts";

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
    ["a redirect to what is no URL", 302, { location: "https://" }, "", "redirected"],
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
    expect(isApiError(error) && error.reason).toBe(reason);
    expect(told).toEqual([[error, { path: "items.watch", type: "subscription" }]]);
    expect(requests).toHaveLength(1);
  });

  test.each<[string, ClientOptions["getToken"]]>([
    ["rejects", () => Promise.reject(new Error("not signed in"))],
    ["hangs", () => new Promise(() => undefined)],
  ])("for a getToken that %s", async (_name, getToken) => {
    const { url, requests } = await serve(feed(1));
    const error = await failureOf({ url, getToken, timeout: 100 });
    expect(isApiError(error, "no-token")).toBe(true);
    expect(requests).toEqual([]);
  });

  test.each<[string, TRPCError["code"]]>([
    ["not-found", "NOT_FOUND"],
    ["misconfigured", "INTERNAL_SERVER_ERROR"],
  ])("for a refusal within the stream: %s", async (reason, code) => {
    const { url, requests } = await serve(
      t.router({
        items: t.router({
          // biome-ignore lint/correctness/useYield: it fails before its first event.
          watch: watchInput.subscription(async function* () {
            throw new TRPCError({ code, cause: new Refusal("There is no such container.", { reason }) });
          }),
        }),
      }),
    );
    const error = await failureOf({ url });
    expect(error).toMatchObject({ reason, message: "There is no such container." });
    expect(isApiError(error)).toBe(true);
    expect(requests).toHaveLength(1);
  });
});

const stream = { "content-type": "text/event-stream" };
const whole = 'event: connected\ndata: {}\n\ndata: {"n":7}\nid: 7\n\nevent: return\ndata: \n\n';

/** Watches until the feed has come to its end. @returns the reasons for which connections were made again, in order */
const passed = (options: ClientOptions): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const reasons: string[] = [];
    watchOf(options).subscribe(
      {},
      {
        onError: reject,
        onComplete: () => resolve(reasons),
        onConnectionStateChange: ({ error }) => {
          if (isApiError(error)) reasons.push(error.reason);
        },
      },
    );
  });

test("the opening of a stream is bounded: without its first byte, or with an answer that does not end", async () => {
  const { url, requests } = await listen((_request, response) => {
    if (requests.length === 1) response.writeHead(200, stream).flushHeaders();
    else if (requests.length === 2)
      response.writeHead(400, { "content-type": "application/json" }).write("{");
    else response.writeHead(200, stream).end(whole);
  });
  expect(await passed({ url, timeout: 300 })).toEqual(["timeout", "timeout"]);
  expect(requests).toHaveLength(3);
});

test("a token that cannot be had passes once a stream has been open", async () => {
  const { url, requests } = await listen((request, response) => {
    response.writeHead(200, stream);
    if (requests.length > 1) response.end(whole);
    else response.write("event: connected\ndata: {}\n\n", () => request.socket.end());
  });
  let asked = 0;
  const getToken = async (): Promise<string> => {
    asked += 1;
    if (asked === 2 || asked === 3) throw new Error("offline");
    return "t";
  };
  expect(await passed({ url, getToken })).toEqual(["truncated", "no-token", "no-token"]);
  expect(requests).toHaveLength(2);
});

test("a refusal within the stream is waited for as long as it says, though tRPC takes silence for the end", async () => {
  const refusal = {
    message: "Later.",
    code: -32603,
    data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503, reason: "unavailable", retryAfterMs: 2_500 },
  };
  const arrivals: number[] = [];
  const { url } = await listen((_request, response) => {
    arrivals.push(performance.now());
    response.writeHead(200, stream);
    if (arrivals.length > 1) response.end(whole);
    else {
      response.write('event: connected\ndata: {"reconnectAfterInactivityMs":1500}\n\n');
      response.write(`event: serialized-error\ndata: ${JSON.stringify(refusal)}\n\n`);
    }
  });
  expect(await passed({ url })).toEqual(["unavailable"]);
  expect(arrivals).toHaveLength(2);
  expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(2_500);
});

test("a Retry-After that is longer than a timer measures is kept, not made a loop", async () => {
  const refusing = (seconds: string) =>
    listen((_request, response) => void response.writeHead(503, { "retry-after": seconds }).end());
  const [patient, quick] = await Promise.all([refusing("4000000"), refusing("1")]);
  const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
  const onConnectionStateChange = ({ error }: { error: unknown }): void => {
    if (isApiError(error, "unavailable")) refuse();
  };
  const waiting = watchOf(patient).subscribe({}, { onConnectionStateChange });
  await refused;
  // The other subscription begins behind it, and comes back after a second.
  await new Promise<void>((resolve) => {
    let refusals = 0;
    const other = watchOf(quick).subscribe(
      {},
      {
        onConnectionStateChange: ({ error }) => {
          refusals += Number(isApiError(error, "unavailable"));
          if (refusals < 2) return;
          other.unsubscribe();
          resolve();
        },
      },
    );
  });
  waiting.unsubscribe();
  expect(patient.requests).toHaveLength(1);
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
          if (isApiError(error)) states.push(error.reason);
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
