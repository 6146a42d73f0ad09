import { parentPort } from "node:worker_threads";
import {
  createCosmosClient,
  createCredential,
  type Item,
  items,
  openContainer,
} from "@cosmos-trpc/cosmos-core";
import { createSharedFeed } from "../src/watch/sharedFeeds.ts";
import { watchChanges } from "../src/watch/watchChanges.ts";
import { configurationOf } from "./configurationOf.ts";

// A worker: two subscribers resume in one turn of the event loop, from where a finished replay began whose rest the live
// feed buffers no more. It posts what each of them sees. If they go round without ever waiting for more than a promise, no
// timer of this thread runs any more, so only another thread can tell.

const configuration = configurationOf(process.env);
const client = createCosmosClient(configuration, createCredential());
const { store } = await openContainer(client, configuration.database, items);
const feed = createSharedFeed<Item>(store, {
  maxChanges: 1,
  maxBytes: 10_000,
  maxLag: 20_000,
  pollInterval: 100,
});
const stopped = new AbortController();

const watch = (lastEventId?: string) =>
  watchChanges(feed, {
    lastEventId,
    since: "now",
    wants: () => true,
    signal: stopped.signal,
    onDrop: () => undefined,
  });

type Watching = ReturnType<typeof watch>;

async function see(watching: Watching, wanted: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  while (!wanted.every((id) => seen.includes(id))) {
    const { value: page } = await watching.next();
    seen.push(...(page?.items ?? []).map(({ id }) => id));
  }
  return seen.sort();
}

// The feed's end, as it is when it is read again from there.
let end: string | undefined;
for (let before: string | undefined = "none"; end !== before; ) {
  before = end;
  const watching = watch(end);
  end = (await watching.next()).value?.cursor;
  await watching.return();
}

// After the replay of this one the live feed begins to read; it then moves on, and drops what came first.
const ahead = watch(end);
await ahead.next();
const ids = ["late1", "late2", "late3"];
for (const id of ids) {
  await store.upsert({ id, pk: id, name: "written" });
  await see(ahead, [id]);
}

const late = [watch(end), watch(end)];
parentPort?.postMessage(await Promise.all(late.map((watching) => see(watching, ids))));
stopped.abort();
client.dispose();
