import {
  ChangeFeedStartFrom,
  type Container,
  type ItemDefinition,
  type PartitionKey,
  StatusCodes,
} from "@azure/cosmos";
import type { PartitionKeyPrefixValues } from "../definition/itemKey.ts";
import { StoreError } from "../errors/errors.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import { fromSdkError } from "./cosmosFailure.ts";
import { withinDeadline } from "./deadline.ts";

/**
 * Where a feed is: at a time, if that is not the beginning, or at a continuation of the SDK. `isNow`: the time is this
 * moment, which the service knows better, as long as it is asked at once.
 */
export type FeedPosition = { readonly time?: number; readonly isNow?: true } | { readonly token: string };

/** What was read at once. */
export interface FeedPage {
  readonly documents: readonly ItemDefinition[];
  /** Where the feed goes on after these. */
  readonly position: FeedPosition;
  /** RU. */
  readonly requestCharge: number;
}

/** Reads a change feed, a page at a time. */
export interface FeedReader {
  /**
   * The next page, which is empty where all changes were read. After a failure it can be asked for again.
   *
   * @throws StoreError, and the caller's own reason when its signal aborts
   */
  next(signal: AbortSignal | undefined): Promise<FeedPage>;
}

/** Opens a container's change feed: the SDK's iterator, which goes through the partitions and follows their splits. */
export function openChangeFeed(
  container: Container,
  prefix: PartitionKeyPrefixValues,
  from: FeedPosition,
  maxItemCount: number,
): FeedReader {
  let position = from;
  const open = () =>
    container.items.getChangeFeedIterator({ maxItemCount, changeFeedStartFrom: startFrom(prefix, position) });
  let iterator = open();

  return {
    async next(signal) {
      try {
        const { headers, statusCode, result, continuationToken } = await withinDeadline(signal, () =>
          iterator.readNext(),
        );
        position = after(position, continuationToken);
        const isUnchanged = statusCode === StatusCodes.NotModified;
        return {
          documents: isUnchanged ? [] : (result as ItemDefinition[]),
          position,
          // The SDK's own figure is cut to a whole number.
          requestCharge: Number(headers["x-ms-request-charge"] ?? 0),
        };
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        // What a failed read left behind is not to be trusted: go on from where the last page ended.
        if ("time" in position && position.time !== undefined) position = { time: position.time };
        iterator = open();
        throw toFailure(error);
      }
    },
  };
}

function startFrom(
  { values, isWhole }: PartitionKeyPrefixValues,
  position: FeedPosition,
): ChangeFeedStartFrom {
  if ("token" in position) return ChangeFeedStartFrom.Continuation(position.token);
  // One value stands for itself; of a hierarchical key's the SDK takes the first ones too. None is the whole container.
  const key =
    values.length === 0 ? [] : [(isWhole && values.length === 1 ? values[0] : [...values]) as PartitionKey];
  const { time, isNow } = position;
  if (isNow === true) return ChangeFeedStartFrom.Now(...key);
  if (time === undefined) return ChangeFeedStartFrom.Beginning(...key);
  return ChangeFeedStartFrom.Time(new Date(time), ...key);
}

/** The SDK's continuation, as JSON. Source: `@azure/cosmos`, CompositeContinuationToken.js. */
interface Continuation {
  readonly Continuation?: string | readonly { readonly continuationToken?: string }[];
}

/**
 * Where a feed is after a page. The SDK's continuation does not keep the time that a feed began at, and a physical
 * partition that was not asked yet has none: until all were, a feed that began at a time would go on at it, which may
 * repeat changes and misses none.
 */
function after(position: FeedPosition, token: string): FeedPosition {
  if ("token" in position || position.time === undefined) return { token };
  const { Continuation: parts } = JSON.parse(token) as Continuation;
  const isWhole =
    typeof parts === "string" || (parts ?? []).every(({ continuationToken }) => continuationToken);
  return isWhole ? { token } : { time: position.time };
}

/** The SDK's own word for a continuation of another container. Source: `@azure/cosmos`, ChangeFeedForEpkRange.js. */
export const foreignContinuation = /not for the current container definition/;

function toFailure(error: unknown): StoreError {
  if (error instanceof Error && foreignContinuation.test(error.message)) {
    return invalidInput([
      { path: "since", message: "is a cursor of a container that was deleted: start at the beginning." },
    ]);
  }
  const failure = fromSdkError(error);
  if (failure.status !== 404) return failure;
  // No item was asked for.
  const message = `The container is missing, or was deleted: ${failure.message}`;
  return new StoreError("misconfigured", message, { ...failure, code: "container-missing" }, error);
}
