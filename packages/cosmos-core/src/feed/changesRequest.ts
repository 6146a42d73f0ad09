import type { Stored, UnfitDocument } from "../definition/document.ts";
import type { EntityTypes } from "../definition/entityTypes.ts";

/** Where a change feed begins: after a cursor, at a time, now, or at the beginning. */
export type Since = "beginning" | "now" | Date | (string & {});

/** Which changes to read. */
export interface ChangesRequest<Types extends EntityTypes = EntityTypes> {
  /** Only those of this partition key; of a hierarchical one, of its first fields too. */
  readonly pk?: Types["partitionKeyPrefix"] | undefined;
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
  readonly maxOutage?: number | undefined;
  /** Ends the feed, with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Changes that were read together. */
export interface ChangesPage<Item> {
  /** Items as they were last written: of two writes close to each other, only the later may be seen. */
  readonly items: readonly Stored<Item>[];
  /** Documents that do not fit the schema, when there are any. The feed goes on after them. */
  readonly unfit?: readonly UnfitDocument[];
  /** Where the feed goes on after these: keep it when they are worked on, and give it as `since`. */
  readonly cursor: string;
  /** What the page cost, in request units (RU), with the vain requests before it. */
  readonly requestCharge: number;
}
