import { z } from "zod";
import type { Stored, UnfitDocument } from "../definition/document.ts";
import type { EntityTypes } from "../definition/entityTypes.ts";
import type { Filter } from "../definition/filter.ts";
import type { IndexUse } from "../sdk/indexMetrics.ts";

/** What to list, and how. */
export interface ListRequest<Types extends EntityTypes> {
  /** Only items of this partition key; of a hierarchical one, of its first fields too. */
  readonly pk?: Types["partitionKeyPrefix"] | undefined;
  /** Only items for which this holds. */
  readonly where?: Filter<Types["item"]> | undefined;
  /**
   * The order; items that are equal in it are in the order of their ids. Without one, items come in no order that means
   * anything, but always in the same.
   */
  readonly orderBy?: Types["order"] | undefined;
  /** How many items a page has at most: 1 to 1,000, 100 by default. */
  readonly limit?: number | undefined;
  /** Where the page before ended: its `cursor`. The rest of the request has to be the same. */
  readonly cursor?: string | undefined;
  /** Also says which indexes the query used, and which would help. It costs a little. */
  readonly explain?: boolean | undefined;
}

/**
 * A page of a list. It ends before its limit when it has about 16 MB of items, has taken ten requests beyond the first to
 * each physical partition, or 5 seconds: its cursor goes on there.
 */
export interface ListResult<Item> {
  readonly items: readonly Stored<Item>[];
  /**
   * Documents of the page that do not fit the schema, when there are any: they are not among the items, so that one of
   * them makes no list unreadable. Whoever needs all that is there, as an export does, has to look at it.
   */
  readonly unfit?: readonly UnfitDocument[];
  /** Where the next page begins; the last page has none. A page may have fewer items than `limit`, or none, and yet not be the last. */
  readonly cursor?: string;
  /** What the page cost, in request units (RU). */
  readonly requestCharge: number;
  /** Which indexes the query used, when the request asked to explain it. */
  readonly explain?: IndexUse;
}

/** A request of any container, to be checked. */
export type AnyListRequest = ListRequest<EntityTypes>;

/** Items that a page of a list may have. */
export const maxListLimit = 1_000;

/** The schema of a page's size that comes from outside. */
export const listLimit = z
  .int({ error: "has to be a whole number", abort: true })
  .min(1, "has to be 1 or more")
  .max(maxListLimit, `has to be at most ${maxListLimit}`)
  .describe("How many items a page has at most");
