import type { CompiledQuery, IndexableFilter } from "@cosmos-trpc/cosmos-sql";
import type { Json } from "@cosmos-trpc/cosmos-sql/json";
import type { FeedRange } from "./feedRange.ts";
import type { Snapshots } from "./snapshots.ts";

/** A query that is ready to run over a feed range. */
export interface PreparedQuery {
  readonly feedRange: FeedRange;
  readonly compiled: CompiledQuery;
  /** What the index can narrow down. */
  readonly filter: IndexableFilter;
  /** The one path that ORDER BY sorts by, when an index scan can give its order. */
  readonly order: { readonly path: readonly string[]; readonly descending: boolean } | undefined;
  /**
   * Whether rows that ORDER BY finds equal come with the last document first: where a key is descending. Clients that
   * go on with a merged order rely on it. Sources: `@azure/cosmos`, RidSkipCountFilter.js; azure-cosmos-dotnet-v3,
   * CosmosQueryExecutionInfo.cs.
   */
  readonly isReversed: boolean;
  readonly snapshots: Snapshots;
}

/** Where a page begins. Written into continuation tokens, hence the short names. */
export interface Position {
  /** The document that the page before ended at, and how many rows of it were given. */
  readonly n?: number;
  readonly r?: number;
  /** The ORDER BY values of the last row given, each in an array of its own: an undefined one's is empty. */
  readonly k?: readonly (readonly Json[])[];
  /** In their place, for values that are too long for a token: the snapshot that has them, and their hash. */
  readonly m?: string;
  readonly h?: string;
  /** Rows passed over for OFFSET, and rows given. */
  readonly o?: number;
  readonly t?: number;
  /** The snapshot, and the rows of it that were given. */
  readonly s?: string;
  readonly a?: number;
}

/** What a page has and cost. */
export interface Page {
  /** The rows as JSON. */
  readonly texts: readonly string[];
  /** UTF-8 bytes of them. */
  readonly outputBytes: number;
  /** Where the next page begins; `undefined` after the last. */
  readonly next: Position | undefined;
  /** Documents that were loaded, and their bytes. */
  readonly loaded: number;
  readonly loadedBytes: number;
  /** Whether the index narrowed the documents down. */
  readonly isIndexed: boolean;
}

/** How many rows OFFSET, TOP and LIMIT still allow. */
export function allowance(
  { compiled }: PreparedQuery,
  { o = 0, t = 0 }: Position,
): { skip: number; take: number } {
  return { skip: Math.max(0, compiled.offset - o), take: compiled.limit - t };
}

/** What a position says of OFFSET, TOP and LIMIT once `given` more rows are out and `skip` are still to be passed over. */
export function counts(
  position: Position,
  { compiled }: PreparedQuery,
  skip: number,
  given: number,
): Position {
  return {
    ...(compiled.offset === 0 ? {} : { o: compiled.offset - skip }),
    ...(compiled.limit === Number.POSITIVE_INFINITY ? {} : { t: (position.t ?? 0) + given }),
  };
}
