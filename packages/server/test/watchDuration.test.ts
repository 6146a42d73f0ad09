import { expect, onTestFinished, test, vi } from "vitest";
import { openStream, watched, watchUrl } from "./eventStream.ts";
import { useServer } from "./serverOfFile.ts";
import { subscribingClient } from "./subscribingClient.ts";

const running = useServer(undefined, { WATCH_MAX_SECONDS: "2" });

test("a stream ends after WATCH_MAX_SECONDS without saying that the watch is over", async () => {
  const stream = await openStream(watchUrl(running.server.url));
  onTestFinished(() => stream.close());
  const names: (string | undefined)[] = [];
  for await (const { event } of stream.events()) names.push(event);
  expect(names[0]).toBe("connected");
  // tRPC's clients take it for the end of the subscription.
  expect(names).not.toContain("return");
});

test("an ordinary client goes on after each end, and misses nothing of what is written meanwhile", async () => {
  const api = subscribingClient(running.server);
  const seen: string[] = [];
  let connections = 0;
  const ends: unknown[] = [];
  const began = Promise.withResolvers<void>();
  const subscription = api.items.watch.subscribe(undefined, {
    onStarted: () => {
      connections += 1;
    },
    onData: ({ data: { items } }) => {
      seen.push(...items.map(({ id }) => id));
      began.resolve();
    },
    onError: (error) => ends.push(error),
    onComplete: () => ends.push("complete"),
  });
  onTestFinished(() => subscription.unsubscribe());
  await began.promise;

  const written: string[] = [];
  while (connections < 4) {
    const id = `item-${written.length}`;
    await api.items.upsert.mutate({ id });
    written.push(id);
    // Never far ahead of what has come: more would only keep the machine busy.
    await vi.waitUntil(() => written.length - seen.length < 20, { timeout: 60_000 });
  }
  await vi.waitUntil(() => written.every((id) => seen.includes(id)), { timeout: 60_000 });
  expect(ends).toEqual([]);
});

test("one who was connected when it ended gets what came since, and no more, with its last id", async () => {
  const stream = await openStream(watchUrl(running.server.url));
  onTestFinished(() => stream.close());
  let last = "";
  for await (const { id } of watched(stream)) last = id;
  const api = subscribingClient(running.server);
  await api.items.upsert.mutate({ id: "between" });
  const resumed = await openStream(watchUrl(running.server.url, { lastEventId: last }));
  onTestFinished(() => resumed.close());
  const ids: string[] = [];
  for await (const { items } of watched(resumed)) ids.push(...items.map(({ id }) => id));
  expect(ids).toEqual(["between"]);
});
