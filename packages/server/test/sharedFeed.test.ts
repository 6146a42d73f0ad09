import { once } from "node:events";
import { Worker } from "node:worker_threads";
import {
  createCosmosClient,
  createCredential,
  ensureContainer,
  type Item,
  items,
  openContainer,
  type Store,
  type TypesOf,
} from "@cosmos-trpc/cosmos-core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSharedFeed } from "../src/watch/sharedFeeds.ts";
import { watchChanges } from "../src/watch/watchChanges.ts";
import { configurationOf } from "./configurationOf.ts";
import { useEmulator } from "./emulatorOfFile.ts";

const emulator = useEmulator();
let client: ReturnType<typeof createCosmosClient>;
let store: Store<TypesOf<typeof items>>;
let writes = 0;

beforeAll(async () => {
  const configuration = configurationOf(emulator.env);
  client = createCosmosClient(configuration, createCredential());
  await ensureContainer(configuration, items, createCredential());
  ({ store } = await openContainer(client, configuration.database, items));
});

afterAll(() => client.dispose());

/** A watcher of the feed, and what it has to see. */
interface Running {
  readonly wanted: Set<string>;
  readonly seen: Set<string>;
  readonly ended: Promise<void>;
  cursor: string | undefined;
  leave(): void;
  /** Resolves when it has seen all that it has to. */
  done(): Promise<void>;
}

/** A few changes are buffered, so that watchers often come too late for them. */
const limits = { maxChanges: 4, maxBytes: 10_000, maxLag: 20_000, pollInterval: 100 };

/**
 * Writes some items, lets a watcher begin, lets one leave, lets one that has left go on with its cursor, or lets some do
 * so at once, each of which has to see what that one has missed.
 */
const step = fc.oneof(
  fc.record({ kind: fc.constant("write"), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constantFrom("begin", "leave", "resume", "crowd"), count: fc.nat(5) }),
);

test("whoever begins, leaves and resumes, in any order, misses nothing that is written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const feed = createSharedFeed<Item>(store, limits);
      const running: Running[] = [];
      const left: Running[] = [];

      async function watch(wanted: Set<string>, seen: Set<string>, lastEventId?: string): Promise<Running> {
        const stopped = new AbortController();
        const began = Promise.withResolvers<void>();
        let onSeen = (): void => undefined;
        const watcher: Running = {
          wanted,
          seen,
          cursor: lastEventId,
          ended: run(),
          leave: () => stopped.abort(),
          async done() {
            while (!wanted.isSubsetOf(seen)) {
              await new Promise<void>((resolve) => {
                onSeen = resolve;
              });
            }
          },
        };
        async function run(): Promise<void> {
          const pages = watchChanges(feed, {
            lastEventId,
            since: "now",
            wants: () => true,
            signal: stopped.signal,
            onDrop: () => began.reject(new Error("A watcher that reads was dropped.")),
          });
          try {
            for await (const page of pages) {
              watcher.cursor = page.cursor;
              for (const { id } of page.items) seen.add(id);
              began.resolve();
              onSeen();
            }
          } catch (error) {
            if (!stopped.signal.aborted) began.reject(error);
          }
        }
        await began.promise;
        return watcher;
      }

      for (const { kind, count } of steps) {
        if (kind === "write") {
          const ids = Array.from({ length: count }, () => {
            writes += 1;
            return `w${writes}`;
          });
          for (const { wanted } of [...running, ...left]) for (const id of ids) wanted.add(id);
          await Promise.all(ids.map((id) => store.upsert({ id, pk: id, name: "written" })));
        } else if (kind === "begin") running.push(await watch(new Set(), new Set()));
        else if (kind === "leave") {
          const [leaver] = running.splice(count % Math.max(1, running.length), 1);
          leaver?.leave();
          await leaver?.ended;
          if (leaver !== undefined) left.push(leaver);
        } else if (kind === "crowd") {
          const { wanted, seen, cursor } = left[count % Math.max(1, left.length)] ?? {};
          const crowd = Array.from({ length: 1 + count }, () =>
            watch(new Set(wanted), new Set(seen), cursor),
          );
          running.push(...(await Promise.all(crowd)));
        } else {
          const [back] = left.splice(count % Math.max(1, left.length), 1);
          if (back !== undefined) running.push(await watch(back.wanted, back.seen, back.cursor));
        }
      }
      for (const back of left) running.push(await watch(back.wanted, back.seen, back.cursor));
      await Promise.all(running.map((watcher) => watcher.done()));
      for (const watcher of running) watcher.leave();
      await Promise.all(running.map(({ ended }) => ended));
      expect(feed.live.cursor()).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});

test("subscribers who resume at once where the live feed has dropped what came next get it from the database", async () => {
  const worker = new Worker(new URL("./twoLateSubscribers.ts", import.meta.url), {
    execArgv: ["--conditions=@cosmos-trpc/source"],
    env: { ...process.env, ...emulator.env },
  });
  try {
    // Nothing in a thread can end its own endless microtasks: this time-out is the end of a failure, and no measure.
    const [seen] = await once(worker, "message", { signal: AbortSignal.timeout(60_000) });
    expect(seen).toEqual(Array(2).fill(["late1", "late2", "late3"]));
  } finally {
    await worker.terminate();
  }
});
