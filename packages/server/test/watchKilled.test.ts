import { createTRPCClient, httpLink } from "@trpc/client";
import { expect, onTestFinished, test, vi } from "vitest";
import type { AppRouter } from "./app.ts";
import { type EmulatorFault, startEmulatorProcess } from "./emulatorProcess.ts";
import { openStream, watched, watchUrl } from "./eventStream.ts";
import { isOpen, type RunningServer, startServer } from "./runningServer.ts";

/** What a busy or ailing Cosmos DB does: throttle, fail, cut connections before and after its work, be slow. */
const faultMix: readonly EmulatorFault[] = ["readChangeFeed", "batchDocuments", "upsertDocument"].flatMap(
  (operation) => [
    { operation, count: 3, status: 429, substatus: 3200, headers: { "x-ms-retry-after-ms": "50" } },
    { operation, count: 2, drop: "before" },
    { operation, count: 3, delayMs: 200 },
    { operation, count: 2, drop: "after" },
    { operation, count: 2, status: 503 },
    { operation, count: 1, truncate: true },
  ],
);

test.each([
  ["", []],
  [" that fails in between", faultMix],
])("a watch loses nothing across kills of the servers and of an emulator%s", async (_name, faults) => {
  const emulator = await startEmulatorProcess();
  onTestFinished(() => emulator.close());
  // Who comes while one starts again waits for it: to try all the time would only keep the machine from it.
  const servers: Promise<RunningServer>[] = [startOne(), startOne()];
  let emulatorIsBack: Promise<void> = Promise.resolve();
  onTestFinished(async () => {
    for (const server of servers) await (await server).stop("SIGKILL");
  });

  async function startOne(): Promise<RunningServer> {
    const server = await startServer(emulator.env);
    await server.logged(isOpen);
    return server;
  }

  /** The address of one after the other, when it can be used. */
  async function nextUrl(turn: number): Promise<string> {
    await emulatorIsBack;
    return ((await servers[turn % servers.length]) as RunningServer).url;
  }

  const done = new AbortController();
  const received = new Map<string, number[]>();
  let cursor: string | undefined;
  let connections = 0;
  const began = Promise.withResolvers<void>();
  const progress: { onChange: () => void } = { onChange: () => undefined };

  /** A client that connects again, to one instance after the other, as long as it is told to. */
  async function watch(): Promise<void> {
    for (let turn = 0; !done.signal.aborted; turn += 1) {
      const url = await nextUrl(turn);
      const input = cursor === undefined ? {} : { lastEventId: cursor };
      try {
        const stream = await openStream(watchUrl(url, input));
        connections += 1;
        const close = () => stream.close();
        done.signal.addEventListener("abort", close);
        for await (const { id, items } of watched(stream)) {
          cursor = id;
          for (const { id: name, name: version } of items) {
            received.set(name, [...(received.get(name) ?? []), Number(version)]);
          }
          began.resolve();
          progress.onChange();
        }
      } catch {
        // Nobody answers, or the database is away: the next instance.
      }
    }
  }
  const watching = watch();
  await began.promise;

  /** Writes until it is acknowledged. */
  async function write(id: string, name: string): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      const url = await nextUrl(turn);
      const api = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc` })] });
      const isWritten = await api.items.upsert.mutate({ id, name }).then(
        () => true,
        () => false,
      );
      if (isWritten) return;
    }
  }

  /** Four writers, each with its own items, written one after the other, the last version last. */
  const versions = 60;
  const items = ["a", "b", "c", "d"];
  const writing = Promise.all(
    items.map(async (id) => {
      for (let version = 1; version <= versions; version += 1) {
        await write(id, String(version));
        await write(`${id}-${version}`, String(version));
      }
    }),
  );

  for (let round = 0; round < 2; round += 1) {
    await emulator.addFaults(faults);
    for (const index of servers.keys()) {
      const server = await servers[index];
      servers[index] = (async () => {
        await server?.stop("SIGKILL");
        return startOne();
      })();
      await servers[index];
    }
    // The watch asks for changes all the time.
    await vi.waitUntil(
      async () => (await emulator.faults()).every(({ operation }) => operation !== "readChangeFeed"),
      { timeout: 120_000 },
    );
    emulatorIsBack = emulator.killAndRestart();
    await emulatorIsBack;
  }
  await writing;

  const wanted = items.flatMap((id) => [
    id,
    ...Array.from({ length: versions }, (_, version) => `${id}-${version + 1}`),
  ]);
  const isAllThere = () =>
    wanted.every((id) => received.has(id)) && items.every((id) => received.get(id)?.at(-1) === versions);
  while (!isAllThere()) {
    await new Promise<void>((resolve) => {
      progress.onChange = resolve;
    });
  }
  done.abort();
  await watching;
  expect(connections).toBeGreaterThan(2);
});
