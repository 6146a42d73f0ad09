import {
  ChangeFeedStartFrom,
  type Container,
  type ItemDefinition,
  type PartitionKey,
  StatusCodes,
} from "@azure/cosmos";
import type { Cursors } from "../cursors/cursor.ts";
import { cursorKeyId } from "../cursors/cursorKey.ts";
import type { AnyDefinition, ItemBase } from "../definition/containerDefinition.ts";
import type { Documents, Stored } from "../definition/document.ts";
import { type PartitionScope, scopeReader } from "../definition/itemKey.ts";
import type { Json } from "../definition/json.ts";
import { StoreError } from "../errors/errors.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import { fromSdkError } from "../sdk/cosmosFailure.ts";
import { withinDeadline } from "../sdk/deadline.ts";
import { pause, waitBefore } from "../sdk/retryWait.ts";
import { changesLimits, type Since } from "./changesRequest.ts";

/** Which changes to read. */
export interface ChangesRequest<Scope = unknown> {
  /** Only those of this partition key; of a hierarchical one, of its first fields too. */
  readonly pk?: Scope | undefined;
  /**
   * Where to begin: at a page's `cursor`, after it; at a time, with its whole second; `"now"`; or, by default, at the
   * `"beginning"`: then every item that is there comes once, as it was last written.
   */
  readonly since?: Since | undefined;
  /** Items that a page has at most: 1 to 1,000, 100 by default. Changes of one transaction stay together. */
  readonly limit?: number | undefined;
  /** Whether to go on when all changes were read, and wait for more, which is the default; else the feed ends there. */
  readonly follow?: boolean | undefined;
  /**
   * Whether to say where the end is: with a page without items, whose cursor is that place, each time that all changes
   * were read. By default there is none.
   */
  readonly markEnd?: boolean | undefined;
  /** How long to wait at most before asking again when there is nothing new, in milliseconds: 1,000 by default. */
  readonly pollInterval?: number | undefined;
  /**
   * How long Cosmos DB may be away or throttling, in milliseconds, before the feed ends with that failure: 120,000 by
   * default. Until then it tries again, ever more slowly.
   */
  readonly patience?: number | undefined;
  /** Ends the feed, with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Changes that were read together. */
export interface ChangesPage<Item> {
  /** Items as they were last written: of two writes close to each other, only the later may be seen. */
  readonly items: readonly Stored<Item>[];
  /** Where the feed goes on after these: keep it when they are worked on, and give it as `since`. */
  readonly cursor: string;
  /** What the page cost, in request units (RU), with the vain requests before it. */
  readonly requestCharge: number;
}

/** What the change feed needs of its store. */
export interface ChangesSource<Item extends ItemBase> {
  readonly container: Container;
  readonly definition: AnyDefinition;
  readonly documents: Documents<Item>;
  readonly cursors: Cursors;
}

/**
 * Where a feed is: at a time, if that is not the beginning, or at a continuation of the SDK. `isNow`: the time is this
 * moment, which the service knows better, as long as it is asked at once.
 */
type Place = { readonly time?: number; readonly isNow?: true } | { readonly token: string };

interface Request {
  readonly scope: PartitionScope;
  readonly limit: number;
  readonly follow: boolean;
  readonly markEnd: boolean;
  readonly pollInterval: number;
  readonly patience: number;
  readonly signal: AbortSignal | undefined;
}

/** The first wait when there is nothing new, in milliseconds; it doubles up to the poll interval. */
const firstPoll = 50;

/** Makes a store's `changes`. */
export function createChanges<Item extends ItemBase>(source: ChangesSource<Item>) {
  const { container, definition, documents, cursors } = source;
  const readScope = scopeReader(definition);

  return async function* changes(given: ChangesRequest): AsyncGenerator<ChangesPage<Item>, void, undefined> {
    const request = readRequest(given, readScope(given.pk));
    const { scope, signal, pollInterval } = request;
    const query = ["changes", scope.values];
    let place = await startOf(given.since, query, cursors);
    let iterator = open(container, request, place);
    let requestCharge = 0;
    let poll = firstPoll;
    let failedSince: number | undefined;
    let failures = 0;
    let isEndMarked = false;

    for (;;) {
      signal?.throwIfAborted();
      let response: Awaited<ReturnType<typeof iterator.readNext>>;
      try {
        response = await withinDeadline(signal, () => iterator.readNext());
        failedSince = undefined;
        failures = 0;
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        const failure = toFailure(error);
        failedSince ??= performance.now();
        failures += 1;
        const left = failedSince + request.patience - performance.now();
        if (!mayPass(failure) || left <= 0) throw failure;
        await pause(Math.min(left, Math.max(failure.retryAfterMs ?? 0, waitBefore(failures + 3))), signal);
        // What a failed read left behind is not to be trusted: go on from where the last page ended.
        if (!("token" in place) && place.time !== undefined) place = { time: place.time };
        iterator = open(container, request, place);
        continue;
      }
      // The SDK's own figure is cut to a whole number.
      requestCharge += Number(response.headers["x-ms-request-charge"] ?? 0);
      place = after(place, response.continuationToken);
      const found =
        response.statusCode === StatusCodes.NotModified ? [] : (response.result as ItemDefinition[]);
      const items = found.filter(({ id }) => id !== cursorKeyId).map(documents.read);
      if (items.length > 0) {
        poll = firstPoll;
        yield { items, cursor: await cursors.write(query, place as Json), requestCharge };
        requestCharge = 0;
        isEndMarked = false;
      } else if (found.length === 0) {
        if (request.markEnd && !isEndMarked) {
          yield { items, cursor: await cursors.write(query, place as Json), requestCharge };
          requestCharge = 0;
          isEndMarked = true;
        }
        if (!request.follow) return;
        await pause(poll, signal);
        poll = Math.min(poll * 2, pollInterval);
      }
    }
  };
}

function readRequest(given: ChangesRequest, scope: ReturnType<ReturnType<typeof scopeReader>>): Request {
  const {
    limit = 100,
    pollInterval = 1_000,
    patience = 120_000,
    follow = true,
    markEnd = false,
    signal,
  } = given;
  const numbers = { limit, pollInterval, patience };
  const problems = (["limit", "pollInterval", "patience"] as const).flatMap((name) => {
    const { least, most } = changesLimits[name];
    const isGood = Number.isInteger(numbers[name]) && numbers[name] >= least && numbers[name] <= most;
    return isGood ? [] : [{ path: name, message: `has to be a whole number from ${least} to ${most}` }];
  });
  const wrong = [...problems, ...(Array.isArray(scope) ? scope : [])];
  if (wrong.length > 0) throw invalidInput("The changes cannot be read", wrong);
  return { ...numbers, follow, markEnd, signal, scope: scope as PartitionScope };
}

async function startOf(since: Since = "beginning", query: unknown, cursors: Cursors): Promise<Place> {
  if (since === "beginning") return {};
  if (since === "now") return { time: Date.now(), isNow: true };
  if (!(since instanceof Date)) return (await cursors.read(query, since)) as Place;
  const time = since.getTime();
  if (!Number.isNaN(time)) return { time };
  throw invalidInput("The changes cannot be read", [{ path: "since", message: "is no valid time" }]);
}

/** Opens the SDK's iterator, which goes through the physical partitions and follows their splits. */
function open(container: Container, { scope, limit }: Request, place: Place) {
  return container.items.getChangeFeedIterator({
    maxItemCount: limit,
    changeFeedStartFrom: startFrom(scope, place),
  });
}

function startFrom({ values, isWhole }: PartitionScope, place: Place): ChangeFeedStartFrom {
  if ("token" in place) return ChangeFeedStartFrom.Continuation(place.token);
  // One value stands for itself; of a hierarchical key's the SDK takes the first ones too.
  const key = (isWhole && values.length === 1 ? values[0] : [...values]) as PartitionKey;
  const { time, isNow } = place;
  if (isNow === true) return values.length === 0 ? ChangeFeedStartFrom.Now() : ChangeFeedStartFrom.Now(key);
  if (time === undefined) {
    return values.length === 0 ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.Beginning(key);
  }
  const date = new Date(time);
  return values.length === 0 ? ChangeFeedStartFrom.Time(date) : ChangeFeedStartFrom.Time(date, key);
}

interface Continuation {
  readonly Continuation?: string | readonly { readonly continuationToken?: string }[];
}

/**
 * Where a feed is after a page. The SDK's continuation does not keep the time that a feed began at, and a physical
 * partition that was not asked yet has none: until all were, a feed that began at a time would go on at it, which may
 * repeat changes and misses none.
 */
function after(place: Place, token: string): Place {
  if ("token" in place || place.time === undefined) return { token };
  const { Continuation: parts } = JSON.parse(token) as Continuation;
  const isWhole =
    typeof parts === "string" || (parts ?? []).every(({ continuationToken }) => continuationToken);
  return isWhole ? { token } : { time: place.time };
}

/** What may pass by itself: time-outs, outages, throttling. */
const mayPass = ({ reason }: StoreError): boolean => reason === "unavailable" || reason === "throttled";

/** The SDK's own word for a continuation of another container. Source: `@azure/cosmos`, ChangeFeedForEpkRange.js. */
const foreignContinuation = /not for the current container definition/;

function toFailure(error: unknown): StoreError {
  if (error instanceof Error && foreignContinuation.test(error.message)) {
    return invalidInput("The changes cannot be read", [
      { path: "since", message: "is a cursor of a container that was deleted: start at the beginning." },
    ]);
  }
  const failure = fromSdkError(error);
  if (failure.status !== 404) return failure;
  // No item was asked for.
  return new StoreError(
    "misconfigured",
    `The container is missing, or was deleted: ${failure.message}`,
    failure,
    error,
  );
}
