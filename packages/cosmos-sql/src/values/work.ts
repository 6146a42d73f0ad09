import type { Value } from "../json.ts";
import { queryError } from "../queryError.ts";

/**
 * What one request's query may do, in units of some ten nanoseconds: a few seconds of the processor. The
 * service ends a page after five seconds; a query whose page cannot end early is refused instead of holding up all
 * others.
 */
const maxWork = 100_000_000;

/** The most that a value built by a query may weigh. An answer has no room for a larger one. */
const maxWeight = 4_000_000;

/** What weighs no more is weighed each time. */
const smallSize = 64;

/** Characters that weigh as much as a number. */
const charactersPerUnit = 16;

/** Counts what a query does, and refuses to go on when it is too much. */
export interface Work {
  /** Units consumed so far. */
  readonly consumed: number;
  /** @throws QueryError when more than a request may do has been done. */
  consume(units: number): void;
  /** Counts what it takes to go through a value once. */
  visit(value: Value): void;
  /** Counts what it takes to hold a value in memory until the query has ended. */
  keep(value: Value): void;
  /**
   * Weighs a value that was built from others. Parts that it has many times weigh as often: written out, they take the
   * room.
   *
   * @throws QueryError when it is too large
   */
  built<Built extends Value>(value: Built): Built;
}

/**
 * The work of one request's query.
 *
 * @param most units that it may take
 */
export function createWork(most = maxWork): Work {
  let consumed = 0;
  const weights = new WeakMap<object, number>();

  function consume(units: number): void {
    consumed += units;
    if (consumed > most) {
      const message =
        "The query does more than one request may: its joins, subqueries or functions have too many combinations to go through. Narrow it down by a filter.";
      throw queryError(undefined, message);
    }
  }

  function weigh(value: Value): number {
    if (typeof value === "string") return 1 + Math.trunc(value.length / charactersPerUnit);
    if (typeof value !== "object" || value === null) return 1;
    const known = weights.get(value);
    if (known !== undefined) return known;
    let weight = 1;
    for (const name in value) {
      weight += 1 + weigh((value as Readonly<Record<string, Value>>)[name]);
    }
    // Small ones are quicker weighed again than remembered.
    if (weight > smallSize) {
      weights.set(value, weight);
    }
    return weight;
  }

  return {
    get consumed() {
      return consumed;
    },
    consume,
    visit: (value) => consume(weigh(value)),
    keep: (value) => consume(80 + weigh(value)),
    built: (value) => {
      if (weigh(value) > maxWeight) {
        throw queryError(undefined, "The query builds a value that is larger than an answer can be.");
      }
      return value;
    },
  };
}

/** The longest string that a query may build, in UTF-16 code units: an answer has no room for a longer one. */
const maxTextLength = 4 * 1024 * 1024;

/** Refuses to build a string of that length, in UTF-16 code units. @throws QueryError */
export function checkTextLength(length: number): void {
  if (length > maxTextLength) {
    throw queryError(
      undefined,
      `The query builds a string of ${length} characters; it can have up to ${maxTextLength}.`,
    );
  }
}
