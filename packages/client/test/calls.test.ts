import type { IncomingMessage } from "node:http";
import { TRPCError } from "@trpc/server";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isApiError, updateItem } from "../src/index.ts";
import { listen, Refusal, type Running, serve, t } from "./runningRouter.ts";
import { createClient, type TestClient } from "./testApi.ts";

const anything = t.procedure.input((input): unknown => input);

/** A gate that answers wait at. */
function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

const idOf = (input: unknown): string => (input as { id: string }).id;

describe("batches", () => {
  const echo = t.router({
    items: t.router({
      get: anything.query(({ input }) => input),
      upsert: anything.mutation(({ input }) => input),
    }),
  });
  const ids = (count: number, text = ""): { id: string }[] =>
    Array.from({ length: count }, (_, index) => ({ id: `${text}${index}` }));
  const calls = ({ requests }: Running): number[] =>
    requests.map((request) => (request.split("?", 1)[0] ?? "").split(",").length);

  test("calls of one turn go together, one alone goes as itself, and each gets its own answer", async () => {
    const running = await serve(echo);
    const { items } = createClient({ url: running.url });
    expect(await Promise.all(ids(5).map((key) => items.get.query(key)))).toEqual(ids(5));
    expect(await items.get.query({ id: "alone" })).toEqual({ id: "alone" });
    expect(calls(running)).toEqual([5, 1]);
    expect(running.requests[1]).not.toContain("batch");
  });

  test("reads and writes of one turn do not mix", async () => {
    const running = await serve(echo);
    const { items } = createClient({ url: running.url });
    await Promise.all([
      ...ids(2).map((key) => items.get.query(key)),
      ...ids(3).map((key) => items.upsert.mutate(key)),
    ]);
    expect(calls(running).sort()).toEqual([2, 3]);
  });

  test("a batch has at most 20 calls, and a URL at most 2,000 characters of them", async () => {
    const running = await serve(echo);
    const { items } = createClient({ url: running.url });
    expect(await Promise.all(ids(50).map((key) => items.upsert.mutate(key)))).toEqual(ids(50));
    expect(calls(running)).toEqual([20, 20, 10]);
    const long = ids(30, "é".repeat(40));
    expect(await Promise.all(long.map((key) => items.get.query(key)))).toEqual(long);
    const reads = running.requests.slice(3);
    expect(reads.length).toBeGreaterThan(2);
    for (const request of reads) expect(request.length + running.url.length).toBeLessThanOrEqual(2_004);
  });

  test("a long input goes alone, and one that a batch could not hold at all is still sent", async () => {
    const running = await serve(echo);
    const { items } = createClient({ url: running.url });
    const long = ids(2, "x".repeat(3_000));
    expect(await Promise.all(long.map((key) => items.get.query(key)))).toEqual(long);
    const large = ids(2, "x".repeat(70_000));
    expect(await Promise.all([...large, ...ids(2)].map((key) => items.upsert.mutate(key)))).toEqual([
      ...large,
      ...ids(2),
    ]);
    expect(calls(running).sort()).toEqual([1, 1, 1, 1, 2]);
  });

  test("a query that is longer than a URL goes by POST, in its turn with others and alone", async () => {
    const running = await serve(
      t.router({ items: t.router({ getMany: anything.query(({ input }) => input) }) }),
    );
    const { items } = createClient({ url: running.url });
    const keys = ids(1_000, "a key that is not short ");
    expect(await items.getMany.query(keys)).toEqual(keys);
    expect(await items.getMany.query(keys, { context: { skipBatch: true } })).toEqual(keys);
    const few = ids(3);
    expect(await Promise.all([keys, few, keys].map((some) => items.getMany.query(some)))).toEqual([
      keys,
      few,
      keys,
    ]);
    expect(running.requests.map((request) => request.split(" ", 1)[0]).sort()).toEqual([
      "GET",
      "POST",
      "POST",
      "POST",
      "POST",
    ]);
    for (const request of running.requests) expect(request.length).toBeLessThan(2_000);
  });

  test("a call that wants an answer of its own says so", async () => {
    const running = await serve(echo);
    const { items } = createClient({ url: running.url });
    const context = { skipBatch: true };
    await Promise.all(ids(3).map((key) => items.get.query(key, { context })));
    expect(calls(running)).toEqual([1, 1, 1]);
  });

  test("an input that JSON cannot carry fails by itself", async () => {
    const running = await serve(echo);
    const { items } = createClient({ url: running.url });
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    const results = await Promise.allSettled(
      [{ id: "a" }, { id: 1n }, loop, { id: "b" }].map((key) => items.get.query(key as { id: string })),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ reason: "invalid" });
    }
  });

  test("a quick answer does not wait for a slow one of its batch", async () => {
    const slow = gate();
    const running = await serve(
      t.router({
        items: t.router({
          get: anything.query(async ({ input }) => {
            if (idOf(input) === "slow") await slow.passed;
            return input;
          }),
        }),
      }),
    );
    const { items } = createClient({ url: running.url });
    const slowly = items.get.query({ id: "slow" });
    // It would not come to an end if it waited: the gate is opened behind it.
    await expect(items.get.query({ id: "quick" })).resolves.toEqual({ id: "quick" });
    slow.open();
    await expect(slowly).resolves.toEqual({ id: "slow" });
    expect(calls(running)).toEqual([2]);
  });
});

test("the headers that it sends are those that the README has CORS allow", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const sent = new Set<string>();
  const own =
    /^(host|connection|accept|accept-language|accept-encoding|user-agent|sec-fetch-mode|content-length)$/;
  const note = ({ ctx }: { ctx: { request: IncomingMessage } }): object => {
    for (const name of Object.keys(ctx.request.headers)) if (!own.test(name)) sent.add(name);
    return {};
  };
  const { url } = await serve(
    t.router({
      items: t.router({
        get: anything.query(note),
        upsert: anything.mutation(note),
        watch: anything.subscription(async function* (call) {
          yield note(call);
        }),
      }),
    }),
  );
  const { items } = createClient({ url, getToken: () => "t" });
  for (const count of [1, 2]) {
    const ids = Array.from({ length: count }, (_, index) => ({ id: `${index}` }));
    await Promise.all(ids.map((key) => items.get.query(key)));
    await Promise.all(ids.map((key) => items.upsert.mutate(key)));
  }
  await items.get.query({ id: "x".repeat(3_000) });
  items.watch.subscribe({}, { onComplete: end });
  await ended;
  expect([...sent].sort()).toEqual(["authorization", "content-type", "trpc-accept"]);
});

describe("further attempts", () => {
  type Attempt = (client: TestClient) => Promise<unknown>;
  const read: Attempt = ({ items }) => items.get.query({ id: "a" });
  const write: Attempt = ({ items }) => items.upsert.mutate({ id: "a" });
  const writeOver: Attempt = ({ items }) => items.upsert.mutate([{ id: "a" }, { ifMatch: "e1" }]);
  const replace: Attempt = ({ items }) => items.replace.mutate({ id: "a" });
  const replaceOver: Attempt = ({ items }) => items.replace.mutate([{ id: "a" }, { ifMatch: "e1" }]);
  const vouchedFor: Attempt = ({ items }) =>
    items.upsert.mutate([{ id: "a" }, { ifMatch: "e1" }], { context: { idempotent: true } });

  /** A server that refuses `times` calls before it does them. */
  async function refusing(code: TRPCError["code"], details: Record<string, unknown>, times: number) {
    const times_ = { left: times };
    const refuse = ({ input }: { input: unknown }): unknown => {
      if (times_.left-- > 0) throw new TRPCError({ code, cause: new Refusal("Not now.", details) });
      return input;
    };
    const running = await serve(
      t.router({
        items: t.router({
          get: anything.query(refuse),
          upsert: anything.mutation(refuse),
          replace: anything.mutation(refuse),
        }),
      }),
    );
    return { ...running, client: createClient({ url: running.url }) };
  }

  test.each<[string, Attempt, TRPCError["code"], number]>([
    ["a read, throttled", read, "TOO_MANY_REQUESTS", 4],
    ["a read, unavailable", read, "SERVICE_UNAVAILABLE", 4],
    ["a read, failed", read, "INTERNAL_SERVER_ERROR", 1],
    ["a read, not found", read, "NOT_FOUND", 1],
    ["a write, throttled", write, "TOO_MANY_REQUESTS", 4],
    ["a write, unavailable", write, "SERVICE_UNAVAILABLE", 4],
    ["a write over a version, throttled", writeOver, "TOO_MANY_REQUESTS", 4],
    ["a write over a version, unavailable", writeOver, "SERVICE_UNAVAILABLE", 1],
    ["a replacement, throttled", replace, "TOO_MANY_REQUESTS", 4],
    ["a replacement, unavailable", replace, "SERVICE_UNAVAILABLE", 4],
    ["a replacement of a version, throttled", replaceOver, "TOO_MANY_REQUESTS", 4],
    ["a replacement of a version, unavailable", replaceOver, "SERVICE_UNAVAILABLE", 1],
    ["a write that its caller vouches for, unavailable", vouchedFor, "SERVICE_UNAVAILABLE", 4],
  ])("%s", async (_name, attempt, code, attempts) => {
    const { client, requests } = await refusing(code, {}, 100);
    await expect(attempt(client)).rejects.toSatisfy((error) => isApiError(error));
    expect(requests).toHaveLength(attempts);
  });

  test("a mutation that nobody knows to be idempotent is made once", async () => {
    let made = 0;
    const { url } = await serve(
      t.router({
        items: t.router({
          append: anything.mutation(() => {
            made += 1;
            throw new TRPCError({ code: "TOO_MANY_REQUESTS" });
          }),
        }),
      }),
    );
    const client = createClient({ url });
    await expect(client.items.append.mutate({})).rejects.toMatchObject({ reason: "throttled" });
    expect(made).toBe(1);
  });

  test("succeed when the server has recovered, and nobody is told of the failures", async () => {
    const { url, requests } = await refusing("TOO_MANY_REQUESTS", { reason: "throttled" }, 2);
    const told: unknown[] = [];
    const { items } = createClient({ url, onError: (error) => told.push(error) });
    await expect(items.get.query({ id: "a" })).resolves.toEqual({ id: "a" });
    expect(requests).toHaveLength(3);
    expect(told).toEqual([]);
  });

  test("of one call in a batch leave the others alone", async () => {
    const seen: string[] = [];
    const { url } = await serve(
      t.router({
        items: t.router({
          get: anything.query(({ input }) => {
            const id = idOf(input);
            seen.push(id);
            if (id === "b" && seen.filter((other) => other === "b").length < 2) {
              throw new TRPCError({ code: "SERVICE_UNAVAILABLE" });
            }
            return { id };
          }),
        }),
      }),
    );
    const { items } = createClient({ url });
    const all = await Promise.all(["a", "b", "c"].map((id) => items.get.query({ id })));
    expect(all.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(seen.sort()).toEqual(["a", "b", "b", "c"]);
  });

  test.each<[string, (until: number) => string]>([
    ["seconds", (until) => String(Math.ceil((until - Date.now()) / 1000))],
    ["a date", (until) => new Date(until).toUTCString()],
  ])("wait as long as a proxy's Retry-After in %s says", async (_name, retryAfter) => {
    const arrivals: number[] = [];
    // A whole second, since a date has no parts of one.
    const until = Math.ceil(Date.now() / 1000) * 1000 + 1000;
    const { url } = await listen((_request, response) => {
      arrivals.push(Date.now());
      if (arrivals.length === 1) response.writeHead(429, { "retry-after": retryAfter(until) }).end();
      else
        response.writeHead(200, { "content-type": "application/json" }).end('{"result":{"data":{"id":"a"}}}');
    });
    await expect(read(createClient({ url }))).resolves.toEqual({ id: "a" });
    expect(arrivals).toHaveLength(2);
    expect(arrivals[1]).toBeGreaterThanOrEqual(until);
  });

  test.each([
    ["ahead", 3_600_000],
    ["behind", -3_600_000],
  ])("count a Retry-After date by the server's own clock, an hour %s", async (_name, off) => {
    const arrivals: number[] = [];
    const { url } = await listen((_request, response) => {
      arrivals.push(performance.now());
      if (arrivals.length > 1) {
        response.writeHead(200, { "content-type": "application/json" }).end('{"result":{"data":{"id":"a"}}}');
        return;
      }
      const now = Date.now() + off;
      const [date, later] = [now, now + 1_000].map((time) => new Date(time).toUTCString());
      response.writeHead(503, { date, "retry-after": later }).end();
    });
    await expect(read(createClient({ url }))).resolves.toEqual({ id: "a" });
    expect(arrivals).toHaveLength(2);
    expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test("wait as long as the API says, or are not made when that is too long", async () => {
    const patient = await refusing("TOO_MANY_REQUESTS", { reason: "throttled", retryAfterMs: 300 }, 1);
    const started = performance.now();
    await expect(read(patient.client)).resolves.toEqual({ id: "a" });
    expect(performance.now() - started).toBeGreaterThanOrEqual(300);

    const hopeless = await refusing("TOO_MANY_REQUESTS", { reason: "throttled", retryAfterMs: 60_000 }, 1);
    await expect(read(hopeless.client)).rejects.toMatchObject({ reason: "throttled", retryAfterMs: 60_000 });
    expect(hopeless.requests).toHaveLength(1);
  });
});

describe("an end in time", () => {
  /** A server that never answers, and says how each of its requests ended. */
  async function silent() {
    const left: string[] = [];
    const gone = gate();
    const asked = gate();
    const running = await listen((request, response) => {
      asked.open();
      response.once("close", () => {
        left.push(request.url ?? "");
        gone.open();
      });
    });
    return { url: running.url, left, gone: gone.passed, asked: asked.passed };
  }

  test("a call that is not answered ends with a time-out, and its request is given up", async () => {
    const { url, gone } = await silent();
    const client = createClient({ url, timeout: 50 });
    await expect(client.items.get.query({ id: "a" })).rejects.toMatchObject({
      reason: "timeout",
      message: "items.get has not answered within 50 ms.",
    });
    await gone;
  });

  test("a caller that cancels hears of it at once; onError does not", async () => {
    const { url, asked, gone } = await silent();
    const told: unknown[] = [];
    const { items } = createClient({ url, onError: (error) => told.push(error) });
    const stop = new AbortController();
    const call = items.get.query({ id: "a" }, { signal: stop.signal });
    await asked;
    stop.abort();
    await expect(call).rejects.toMatchObject({ reason: "cancelled", message: "items.get was cancelled." });
    await gone;
    await expect(items.get.query({ id: "b" }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      reason: "cancelled",
    });
    expect(told).toEqual([]);
  });

  test("one that cancels does not end the others of its batch", async () => {
    const held = gate();
    const began = gate();
    const { url } = await serve(
      t.router({
        items: t.router({
          get: anything.query(async ({ input }) => {
            began.open();
            await held.passed;
            return input;
          }),
        }),
      }),
    );
    const { items } = createClient({ url });
    const stop = new AbortController();
    const cancelled = items.get.query({ id: "a" }, { signal: stop.signal });
    const kept = items.get.query({ id: "b" });
    await began.passed;
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ reason: "cancelled" });
    held.open();
    await expect(kept).resolves.toEqual({ id: "b" });
  });

  test("a caller that cancels while waiting for a further attempt ends it", async () => {
    const refused = gate();
    const { url, requests } = await listen((_request, response) => {
      response.writeHead(503, { "retry-after": "20" }).end(() => refused.open());
    });
    const stop = new AbortController();
    const call = createClient({ url }).items.get.query({ id: "a" }, { signal: stop.signal });
    await refused.passed;
    stop.abort();
    await expect(call).rejects.toMatchObject({ reason: "cancelled" });
    expect(requests).toHaveLength(1);
  });

  test("a caller that cancels while updateItem waits to begin again ends it", async () => {
    const { url, requests } = await serve(
      t.router({
        items: t.router({
          get: anything.query(() => ({ id: "a", _etag: '"e1"' })),
          replace: anything.mutation(() => {
            const cause = new Refusal("It has changed.", { reason: "precondition-failed" });
            throw new TRPCError({ code: "PRECONDITION_FAILED", cause });
          }),
        }),
      }),
    );
    const stop = new AbortController();
    // The wait is drawn when it begins: it would be 250 seconds, and is cancelled as soon as it is on.
    const random = vi.spyOn(Math, "random").mockImplementation(() => {
      setImmediate(() => stop.abort());
      return 10_000;
    });
    onTestFinished(() => random.mockRestore());
    const update = updateItem(createClient({ url }).items, { id: "a" }, (item) => item, stop);
    await expect(update).rejects.toMatchObject({ reason: "cancelled" });
    expect(requests).toHaveLength(2);
  });

  test("onError is told once of each call that failed, and which it was", async () => {
    const { url } = await listen((_request, response) => void response.writeHead(404).end());
    const told: unknown[] = [];
    const { items } = createClient({ url, onError: (error, call) => told.push([error.reason, call]) });
    await Promise.allSettled([items.get.query({ id: "a" }), items.upsert.mutate({ id: "a" })]);
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        ["not-this-api", { path: "items.get", type: "query" }],
        ["not-this-api", { path: "items.upsert", type: "mutation" }],
      ]),
    );
  });
});
