import type { FilterPath, IndexableFilter, ScalarType } from "@cosmos-trpc/cosmos-sql";
import { unindexedProperties } from "../store/documents.ts";
import { afterAllThatBegin, justAfter, type TermIndex, type TermRange } from "../store/termIndex.ts";
import { childPath, elementPath, encodeValue, isInexact, typeMark } from "../store/terms.ts";

/** More documents than this are not looked up one by one: a scan is as fast. */
const maxCandidates = 50_000;

/** A first try with fewer, so that the narrowest of several conditions is found without reading the wide ones. */
const fewCandidates = 1_000;

/**
 * The numbers of the documents that can satisfy a filter, in their order; `undefined` when the index cannot narrow
 * them down. Documents among them may still fail the query's WHERE; none outside can satisfy it.
 */
export function findCandidates(index: TermIndex, filter: IndexableFilter): number[] | undefined {
  const found = collect(index, filter, fewCandidates) ?? collect(index, filter, maxCandidates);
  if (found === undefined) return undefined;
  for (const number of index.unindexed()) found.add(number);
  return [...found].sort((one, other) => one - other);
}

function collect(index: TermIndex, filter: IndexableFilter, limit: number): Set<number> | undefined {
  switch (filter.kind) {
    case "all":
      return undefined;
    case "none":
      return new Set();
    case "and": {
      // One condition is enough to narrow down: the evaluator checks the others.
      let narrowest: Set<number> | undefined;
      for (const part of filter.filters) {
        const found = collect(
          index,
          part,
          Math.min(limit, (narrowest?.size ?? Number.POSITIVE_INFINITY) - 1),
        );
        if (found !== undefined) narrowest = found;
        if (narrowest?.size === 0) break;
      }
      return narrowest;
    }
    case "or": {
      const union = new Set<number>();
      for (const part of filter.filters) {
        const found = collect(index, part, limit - union.size);
        if (found === undefined) return undefined;
        for (const number of found) union.add(number);
      }
      return union;
    }
    default: {
      const ranges = rangesOf(filter);
      if (ranges === undefined || limit < 0) return undefined;
      const found = new Set<number>();
      const isWhole = ranges.every(
        (range) => index.isComplete(range.path) && index.collect(range, limit, found),
      );
      return isWhole ? found : undefined;
    }
  }
}

type Condition = Exclude<IndexableFilter, { kind: "all" | "none" | "and" | "or" }>;

/** The stretches of the index in which a condition's documents are; `undefined` where the index has no such terms. */
function rangesOf(condition: Condition): TermRange[] | undefined {
  const path = pathText(condition.path);
  if (path === undefined) return undefined;
  const exactly = (value: Buffer): TermRange => ({ path, from: value, end: justAfter(value) });
  const odd = exactly(Buffer.of(typeMark.oddString));
  switch (condition.kind) {
    case "equals":
      return [exactly(encodeValue(condition.value))];
    case "in":
      return condition.values.map((value) => exactly(encodeValue(value)));
    case "prefix": {
      // Half a surrogate pair begins whole ones: the strings that begin with it are not next to each other.
      if (!condition.prefix.isWellFormed()) return [typeRange(path, "string"), odd];
      const prefix = encodeValue(condition.prefix);
      return [{ path, from: prefix, end: afterAllThatBegin(prefix) }, odd];
    }
    case "range": {
      const { lower, upper, type } = condition;
      const whole = typeRange(path, type);
      const low = placeOf(lower);
      const high = placeOf(upper);
      const from = low === undefined ? whole.from : isOutside(lower, low) ? justAfter(low) : low;
      const end = high === undefined ? whole.end : isOutside(upper, high) ? high : justAfter(high);
      return [{ path, from, end }, ...(type === "string" ? [odd] : [])];
    }
    case "type":
      return [typeRange(path, condition.type), ...(condition.type === "string" ? [odd] : [])];
    case "defined":
      return [{ path, from: Buffer.alloc(0), end: Buffer.of(0xff) }];
  }
}

type Bound = Extract<IndexableFilter, { kind: "range" }>["lower"];

/** A bound as the index has it; `undefined` for none, and for a string with half a surrogate pair, which has no place. */
function placeOf(bound: Bound): Buffer | undefined {
  const isOdd = typeof bound?.value === "string" && !bound.value.isWellFormed();
  return bound === undefined || isOdd ? undefined : encodeValue(bound.value);
}

/** Whether nothing at a bound's place can satisfy it. */
const isOutside = (bound: Bound, place: Buffer): boolean => bound?.inclusive === false && !isInexact(place);

const marks: Readonly<Record<ScalarType, readonly [number, number]>> = {
  null: [typeMark.null, typeMark.null],
  boolean: [typeMark.false, typeMark.true],
  number: [typeMark.number, typeMark.number],
  string: [typeMark.string, typeMark.string],
};

function typeRange(path: string, type: ScalarType): TermRange {
  const [from, to] = marks[type];
  // The next mark, not the longest value: the bytes of a number can all be ff.
  return { path, from: Buffer.of(from), end: Buffer.of(to + 1) };
}

/** A path as the index spells it; `undefined` for what is in no index. */
export function pathText(path: FilterPath): string | undefined {
  const [first] = path;
  if (first === undefined || (unindexedProperties as readonly unknown[]).includes(first)) return undefined;
  return path.reduce<string>(
    (text, step) => (typeof step === "string" ? childPath(text, step) : elementPath(text)),
    "",
  );
}
