import { createCosmosClient, createCredential } from "@cosmos-trpc/cosmos-core";
import { type Emulator, startEmulator } from "@cosmos-trpc/cosmos-emulator";
import type { TRPCClient } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { AppRouter } from "./app.ts";
import { configurationOf } from "./configurationOf.ts";
import { useEmulator } from "./emulatorOfFile.ts";
import { openStream, untilSeen, WatchError, watched, watchUrl } from "./eventStream.ts";
import { isOpen, type RunningServer, startServer } from "./runningServer.ts";
import { subscribingClient } from "./subscribingClient.ts";

const emulator = useEmulator();
let server: RunningServer;
let other: RunningServer;
let api: TRPCClient<AppRouter>;

beforeAll(async () => {
  [server, other] = await Promise.all([startServer(emulator.env), startServer(emulator.env)]);
  await Promise.all([server.logged(isOpen), other.logged(isOpen)]);
  api = subscribingClient(server);
});

afterAll(async () => {
  await Promise.all([server.stop(), other.stop()]);
});

/** Opens a watch and takes its first event, which says where it begins. */
async function startWatch(input: object = {}, { url } = server) {
  const stream = await openStream(watchUrl(url, input));
  onTestFinished(() => stream.close());
  const events = watched(stream);
  const first = await events.next();
  if (first.done === true) throw new Error("The stream ended before its first event.");
  return { stream, events, first: first.value };
}

const write = (ids: readonly string[], more: object = {}, on = api) =>
  Promise.all(ids.map((id) => on.items.upsert.mutate({ id, ...more })));

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe("a watch", () => {
  test("is told of each write, by the client's own subscription too, with an id to go on with", async () => {
    const seen: { id: string; data: { items: readonly { id: string; name: string }[] } }[] = [];
    const began = Promise.withResolvers<void>();
    const subscription = api.items.watch.subscribe(undefined, {
      onData: (event) => {
        seen.push(event);
        began.resolve();
      },
      onError: (error) => began.reject(error),
    });
    onTestFinished(() => subscription.unsubscribe());
    await began.promise;
    expect(seen[0]?.data.items).toEqual([]);
    const written = await api.items.upsert.mutate({ id: "live", name: "Live" });
    await vi.waitUntil(() => seen.some(({ data }) => data.items.length > 0), { timeout: 60_000 });
    expect(seen.flatMap(({ data }) => data.items)).toEqual([written]);
    for (const { id } of seen) expect(id).toMatch(/^[\w-]+$/);
  });

  test("is a stream of events that nobody keeps, and says what it cost so far", async () => {
    const { stream } = await startWatch();
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": expect.stringContaining("no-cache"),
      "x-ms-request-charge": expect.any(String),
      "server-timing": expect.stringMatching(/^total;dur=[\d.]+, db;dur=[\d.]+$/),
    });
  });

  test("goes on where it was, at this instance and at any other, and misses nothing", async () => {
    const { stream, events } = await startWatch();
    await write(names("first", 5));
    const { cursor } = await untilSeen(events, names("first", 5));
    stream.close();
    await write(names("missed", 7));
    for (const instance of [server, other]) {
      const resumed = await openStream(watchUrl(instance.url, { lastEventId: cursor }));
      onTestFinished(() => resumed.close());
      const { ids } = await untilSeen(watched(resumed), names("missed", 7));
      expect(ids.filter((id) => id.startsWith("first"))).toEqual([]);
    }
  });

  test("of which the connection broke before any change misses nothing either", async () => {
    const { stream, first } = await startWatch({ since: "now" });
    stream.close();
    await write(names("early", 3));
    const resumed = await openStream(watchUrl(other.url, { lastEventId: first.id }));
    onTestFinished(() => resumed.close());
    await untilSeen(watched(resumed), names("early", 3));
  });

  test("resumes from an old cursor beside others, without a gap between its own reads and the shared ones", async () => {
    const { events, first } = await startWatch();
    const all = names("gap", 300);
    const half = all.slice(0, 150);
    await write(half);
    await untilSeen(events, half);
    // It catches up while more is written.
    const [late] = await Promise.all([
      openStream(watchUrl(server.url, { lastEventId: first.id })),
      write(all.slice(150)),
    ]);
    onTestFinished(() => late.close());
    await untilSeen(watched(late), all);
  });

  test("narrowed to a partition key has its items only, in the order of their writes", async () => {
    const { events } = await startWatch({ pk: "shelf" });
    await write(names("elsewhere", 5));
    for (const id of names("book", 5)) await api.items.upsert.mutate({ id, pk: "shelf" });
    const { ids } = await untilSeen(events, names("book", 5));
    expect(ids).toEqual(names("book", 5));
  });

  test("begins at the beginning or at a time when it is told to", async () => {
    await write(["old"]);
    const fromStart = await openStream(watchUrl(server.url, { since: "beginning" }));
    onTestFinished(() => fromStart.close());
    await untilSeen(watched(fromStart), ["old"]);
    const fromTime = await openStream(watchUrl(server.url, { since: new Date(0).toISOString() }));
    onTestFinished(() => fromTime.close());
    await untilSeen(watched(fromTime), ["old"]);
  });
});

/** The failure of a watch, with its code. */
async function refusal(input: object, { url } = server): Promise<WatchError["shape"]> {
  const stream = await openStream(watchUrl(url, input));
  onTestFinished(() => stream.close());
  const error = await watched(stream)
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WatchError);
  return (error as WatchError).shape;
}

describe("a watch is refused", () => {
  test.each([
    ["a cursor that is no cursor", { lastEventId: "made-up" }],
    ["a cursor of the wrong size", { lastEventId: "x".repeat(10_000) }],
    ["an unknown beginning", { since: "yesterday" }],
    ["a partition key of the wrong type", { pk: { a: 1 } }],
    ["an unknown field", { colour: "red" }],
  ])("for %s", async (_name, input) => {
    const { data } = await refusal(input);
    expect(data).toMatchObject({ code: "BAD_REQUEST", reason: "invalid", fields: [expect.anything()] });
  });

  test("for a cursor that was altered, cut, or is a list's", async () => {
    const { first } = await startWatch();
    await write(names("page", 3));
    const { cursor } = await api.items.list.query({ limit: 1 });
    const altered = first.id.slice(0, -1) + (first.id.endsWith("A") ? "B" : "A");
    for (const lastEventId of [altered, first.id.slice(0, 40), cursor]) {
      const { message, data } = await refusal({ lastEventId });
      expect(data).toMatchObject({ code: "BAD_REQUEST", reason: "invalid" });
      expect(message).toContain("cursor");
    }
  });
});

test("a cursor of a container that was deleted is refused by name, here and at a new instance", async () => {
  const env = { ...emulator.env, COSMOS_CONTAINER: "brief" };
  const first = await startServer(env);
  onTestFinished(async () => {
    await first.stop();
  });
  await first.logged(isOpen);
  const { stream, first: event } = await startWatch({}, first);
  stream.close();

  const configuration = configurationOf(emulator.env);
  const endpoint = { ...configuration.endpoint, key: emulator.key };
  const client = createCosmosClient({ ...configuration, endpoint }, createCredential());
  onTestFinished(() => client.dispose());
  await client.database(configuration.database).container("brief").delete();

  const gone = await refusal({ lastEventId: event.id }, first);
  expect(gone.data).toMatchObject({ code: "INTERNAL_SERVER_ERROR", reason: "misconfigured" });

  const second = await startServer(env);
  onTestFinished(async () => {
    await second.stop();
  });
  await second.logged(isOpen);
  for (const instance of [first, second]) {
    const { message, data } = await refusal({ lastEventId: event.id }, instance);
    expect(data).toMatchObject({ code: "BAD_REQUEST", reason: "invalid", fields: [expect.anything()] });
    expect(message).toContain("cursor");
  }
});

describe("the change feed", () => {
  /** Requests for changes that the emulator has received. */
  function countReads(on: Pick<Emulator, "faults"> = emulator, delayMs = 0) {
    const { id } = on.faults.add({ operation: "readChangeFeed", count: "always", delayMs });
    onTestFinished(() => void on.faults.remove(id));
    return () => on.faults.list().find((fault) => fault.id === id)?.hits ?? 0;
  }

  /** A server on an emulator that nobody else reads. */
  async function alone() {
    const own = await startEmulator();
    let current = await startServer(own.env);
    onTestFinished(async () => {
      await current.stop();
      await own.close();
    });
    await current.logged(isOpen);
    return {
      own,
      server: () => current,
      async restart() {
        await current.stop("SIGKILL");
        current = await startServer(own.env);
        await current.logged(isOpen);
      },
    };
  }

  test("is read once for all who resume from the same place after a restart, at once or one by one", async () => {
    const { own, server: current, restart } = await alone();
    const { stream, events, first } = await startWatch({}, current());
    await write(["before"], {}, subscribingClient(current()));
    await untilSeen(events, ["before"]);
    stream.close();
    await write(names("missed-by-all", 250), {}, subscribingClient(current()));
    await restart();
    const reads = countReads(own);
    const resume = async () => {
      const resumed = await openStream(watchUrl(current().url, { lastEventId: first.id }));
      onTestFinished(() => resumed.close());
      const resumedEvents = watched(resumed);
      const { ids } = await untilSeen(resumedEvents, ["before", ...names("missed-by-all", 250)]);
      expect(new Set(ids).size).toBe(251);
      return resumedEvents;
    };
    const all = await Promise.all(Array.from({ length: 50 }, resume));
    for (let late = 0; late < 50; late += 1) all.push(await resume());
    // Each by itself would need four: three pages and the end. The live feed asks once a second, besides.
    expect(reads()).toBeLessThan(100);
    await write(["for all who resumed"], {}, subscribingClient(current()));
    for (const each of all) await untilSeen(each, ["for all who resumed"]);
  });

  test("is read once for all who begin now at a server that nobody watched", async () => {
    const { own, server: current } = await alone();
    // Slow, so that all are there before the first has its answer.
    const reads = countReads(own, 2_000);
    const all = await Promise.all(Array.from({ length: 100 }, () => startWatch({}, current())));
    expect(reads()).toBeLessThan(50);
    await write(["for all who began"], {}, subscribingClient(current()));
    for (const { events } of all) await untilSeen(events, ["for all who began"]);
  });

  test("is read by one reader, however many watch", async () => {
    const streams = await Promise.all(Array.from({ length: 40 }, () => startWatch()));
    // Held up, a reader has one request under way at a time: readers are counted by requests.
    const { id } = emulator.faults.add({ operation: "readChangeFeed", count: "always", delayMs: 60_000 });
    const hits = () => emulator.faults.list().find((fault) => fault.id === id)?.hits ?? 0;
    await vi.waitUntil(() => hits() >= 3, { timeout: 120_000 });
    expect(hits()).toBeLessThan(10);
    emulator.faults.remove(id);
    await write(["for all"]);
    for (const { events } of streams) await untilSeen(events, ["for all"]);
  });

  test("is read by nobody when nobody watches", async () => {
    const reads = countReads();
    const { stream } = await startWatch();
    await vi.waitUntil(() => reads() > 2, { timeout: 60_000 });
    stream.close();
    let before = -1;
    await vi.waitUntil(
      () => {
        const now = reads();
        const isQuiet = now === before;
        before = now;
        return isQuiet;
      },
      // Longer than the reader ever waits between two requests.
      { timeout: 120_000, interval: 3_000 },
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

test("a watcher that never reads is dropped, and goes on with its cursor; others are not held up", async () => {
  const { events: healthy } = await startWatch();
  const { stream: stuck, events, first } = await startWatch();
  stuck.response.pause();
  const text = "x".repeat(500_000);
  const all = names("large", 120);
  const seen = untilSeen(healthy, all);
  for (const id of all) await api.items.upsert.mutate({ id, data: { text } });
  await seen;
  await server.logged(({ msg }) => msg.includes("too slowly"));
  // What it had received when it was dropped is what the sockets held.
  stuck.response.resume();
  let cursor = first.id;
  const received = new Set<string>();
  for await (const event of events) {
    cursor = event.id;
    for (const { id } of event.items) received.add(id);
  }
  const missing = all.filter((id) => !received.has(id));
  expect(missing.length).toBeGreaterThan(0);
  const resumed = await openStream(watchUrl(server.url, { lastEventId: cursor }));
  onTestFinished(() => resumed.close());
  await untilSeen(watched(resumed), missing);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends watches at once, to go on elsewhere", async (signal) => {
  const leaving = await startServer(emulator.env);
  onTestFinished(async () => {
    await leaving.stop("SIGKILL");
  });
  await leaving.logged(isOpen);
  const { stream, events, first } = await startWatch({}, leaving);
  const rest = Array.fromAsync(events);
  expect(await leaving.stop(signal)).toMatchObject({ code: 0, signal: null, stderr: "" });
  expect(await rest).toEqual([]);
  // Ended as HTTP ends a message, without the event that tells a client that there is no more to come.
  expect(stream.response.complete).toBe(true);
  await write([`after ${signal}`]);
  const resumed = await openStream(watchUrl(server.url, { lastEventId: first.id }));
  onTestFinished(() => resumed.close());
  await untilSeen(watched(resumed), [`after ${signal}`]);
});
