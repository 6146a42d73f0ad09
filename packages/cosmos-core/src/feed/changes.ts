import { type BackOff, backOff, type Json, jitteredBackOff, pause } from "@cosmos-trpc/base";
import type { Cursors } from "../cursors/cursor.ts";
import { cursorKeyId } from "../cursors/cursorKey.ts";
import type { AnyDefinition, ItemBase } from "../definition/containerDefinition.ts";
import type { Documents } from "../definition/document.ts";
import { type PartitionKeyPrefixValues, partitionKeyPrefixReader } from "../definition/itemKey.ts";
import { StoreError } from "../errors/errors.ts";
import { invalidInput, numberProblems } from "../errors/invalidInput.ts";
import { type FeedPage, type FeedPosition, openChangeFeed } from "../sdk/changeFeed.ts";
import type { Container } from "../sdk/client.ts";
import type { ChangesPage, ChangesRequest, Since } from "./changesRequest.ts";

/** What the change feed needs of its store. */
export interface ChangesSource<Item extends ItemBase> {
  readonly container: Container;
  readonly definition: AnyDefinition;
  readonly documents: Documents<Item>;
  readonly cursors: Cursors;
}

interface Request {
  readonly prefix: PartitionKeyPrefixValues;
  readonly limit: number;
  readonly follow: boolean;
  readonly markEnd: boolean;
  readonly pollInterval: number;
  readonly maxOutage: number;
  readonly signal: AbortSignal | undefined;
}

/** Waits while Cosmos DB is away or throttles, in milliseconds. */
const retries: BackOff = { first: 160, max: 1_000 };

/** The first wait when there is nothing new, in milliseconds; it doubles up to the poll interval. */
const firstPoll = 50;

/** What the numbers of a request may be. */
const bounds = { limit: [1, 1_000], pollInterval: [1, 60_000], maxOutage: [0, 2_147_483_647] } as const;

/** Makes a store's `changes`. */
export function createChanges<Item extends ItemBase>(source: ChangesSource<Item>) {
  const { container, definition, documents, cursors } = source;
  const readPrefix = partitionKeyPrefixReader(definition);

  return async function* changes(
    given: ChangesRequest = {},
  ): AsyncGenerator<ChangesPage<Item>, void, undefined> {
    const request = readRequest(given, readPrefix(given.pk));
    const { prefix, signal, pollInterval } = request;
    const query = ["changes", prefix.values];
    const feed = openChangeFeed(container, prefix, await startOf(given.since, query, cursors), request.limit);
    let requestCharge = 0;
    let vainPolls = 0;
    let failedSince: number | undefined;
    let failures = 0;
    let isEndMarked = false;

    for (;;) {
      signal?.throwIfAborted();
      let page: FeedPage;
      try {
        page = await feed.next(signal);
        failedSince = undefined;
        failures = 0;
      } catch (error) {
        if (!mayPass(error)) throw error;
        failedSince ??= performance.now();
        failures += 1;
        const left = failedSince + request.maxOutage - performance.now();
        if (left <= 0) throw error;
        const wait = Math.max(error.retryAfterMs ?? 0, jitteredBackOff(failures, retries));
        await pause(Math.min(left, wait), signal);
        continue;
      }
      requestCharge += page.requestCharge;
      const read = documents.readAll(page.documents.filter(({ id }) => id !== cursorKeyId));
      const isAtEnd = page.documents.length === 0;
      const hasSome = read.items.length > 0 || read.unfit !== undefined;
      if (hasSome || (isAtEnd && request.markEnd && !isEndMarked)) {
        yield { ...read, cursor: await cursors.write(query, page.position as Json), requestCharge };
        requestCharge = 0;
        isEndMarked = isAtEnd;
      }
      if (!isAtEnd) {
        vainPolls = 0;
        continue;
      }
      if (!request.follow) return;
      vainPolls += 1;
      await pause(backOff(vainPolls, { first: firstPoll, max: pollInterval }), signal);
    }
  };
}

function readRequest(
  given: ChangesRequest,
  prefix: ReturnType<ReturnType<typeof partitionKeyPrefixReader>>,
): Request {
  const {
    limit = 100,
    pollInterval = 1_000,
    maxOutage = 120_000,
    follow = true,
    markEnd = false,
    signal,
  } = given;
  const numbers = { limit, pollInterval, maxOutage };
  const problems = numberProblems(numbers, bounds);
  const wrong = [...problems, ...(Array.isArray(prefix) ? prefix : [])];
  if (wrong.length > 0) throw invalidInput(wrong);
  return { ...numbers, follow, markEnd, signal, prefix: prefix as PartitionKeyPrefixValues };
}

async function startOf(since: Since = "beginning", query: unknown, cursors: Cursors): Promise<FeedPosition> {
  if (since === "beginning") return {};
  if (since === "now") return { time: Date.now(), isNow: true };
  if (!(since instanceof Date)) return (await cursors.read(query, since)) as FeedPosition;
  const time = since.getTime();
  if (!Number.isNaN(time)) return { time };
  throw invalidInput([{ path: "since", message: "is no valid time" }]);
}

/** What may pass by itself: time-outs, outages, throttling. */
const mayPass = (error: unknown): error is StoreError =>
  error instanceof StoreError && (error.reason === "unavailable" || error.reason === "throttled");
