import type { OrderTerm } from "../definition/ordering.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import type { RangeReader } from "../sdk/partitionRanges.ts";
import type { QueryPage } from "../sdk/queryPage.ts";
import type { BudgetLeft } from "./listBudget.ts";
import { compareDocuments, type GroupDocuments, type Scans } from "./orderedPage.ts";

/** A group to read. */
export interface Group {
  readonly terms: readonly OrderTerm[];
  /** How many documents are wanted. */
  readonly count: number;
  /** How far an earlier page came without any. */
  readonly scans: Scans;
  /** Characters that the scans may have, as JSON, when reading ends without any. */
  readonly maxScansLength: number;
  readonly budget: BudgetLeft;
  /** The physical partitions; without them all is in one. */
  readonly ranges: RangeReader | undefined;
  /** Runs the group's query for one page. */
  run(options: {
    readonly maxItemCount: number;
    readonly continuationToken: string | undefined;
    readonly range: string | undefined;
  }): Promise<QueryPage>;
  isItem(document: ItemDefinition): boolean;
}

/** What was read of a group in one physical partition. */
interface RangeDocuments {
  readonly range: string;
  readonly documents: readonly ItemDefinition[];
  readonly scan: string | null | undefined;
  /** Whether there may be more, of which fewer were read than were wanted. */
  readonly isCut: boolean;
}

/** Physical partitions that are read at once: an answer of each may have 4 MB. */
const maxConcurrentRanges = 4;

/** Where the one partition is named that has no range. */
const onlyRange = "";

/**
 * Reads a group's first documents from every physical partition and puts them together. Each partition is asked at least
 * once, so that every page comes further, however small the budget is.
 */
export async function readGroup(group: Group): Promise<GroupDocuments> {
  const { terms, count, ranges, maxScansLength } = group;
  for (let { scans } = group; ; ) {
    const from = scans;
    const gate = createGate(maxConcurrentRanges);
    const read =
      ranges === undefined
        ? [await readRange(group, from, onlyRange)]
        : await ranges((range) => gate(() => readRange(group, from, range)));
    const documents = read
      .flatMap((one) => one.documents)
      .sort((one, other) => compareDocuments(terms, one, other));
    const cut = read.filter(({ isCut }) => isCut);
    if (cut.length === 0) return { documents: documents.slice(0, count) };

    const lasts = cut.map((one) => one.documents.at(-1));
    const ends = lasts.filter((last) => last !== undefined);
    if (ends.length === lasts.length) {
      const [end] = ends.toSorted((one, other) => compareDocuments(terms, one, other)) as [ItemDefinition];
      const before = documents.findIndex((document) => compareDocuments(terms, document, end) >= 0);
      // What may be missing comes behind the end: of so many it is the last one at most.
      if (before >= count - 1) return { documents: documents.slice(0, count) };
      return {
        documents: documents.filter((document) => compareDocuments(terms, document, end) <= 0),
        cut: { end },
      };
    }

    scans = Object.fromEntries(
      read.flatMap(({ range, scan }) => (scan === undefined ? [] : [[range, scan] as const])),
    );
    // A cursor that cannot hold how far it came would begin again, for ever: then this page goes on.
    if (JSON.stringify(scans).length <= maxScansLength) return { documents: [], cut: { scans } };
  }
}

async function readRange(
  { count, budget, run, isItem }: Group,
  scans: Scans,
  range: string,
): Promise<RangeDocuments> {
  const documents: ItemDefinition[] = [];
  let next = Object.hasOwn(scans, range) ? scans[range] : undefined;
  let scan = next;
  for (let requests = 0; next !== null; requests += 1) {
    if (requests > 0 && !budget.takeRequest()) return { range, documents, scan, isCut: true };
    const page = await run({
      maxItemCount: budget.isFull() ? 1 : count - documents.length,
      continuationToken: next,
      range: range === onlyRange ? undefined : range,
    });
    const found = page.documents.filter(isItem);
    budget.hold(found);
    documents.push(...found);
    next =
      page.continuationToken === undefined || page.continuationToken === "" ? null : page.continuationToken;
    if (documents.length === 0) scan = next;
    if (documents.length >= count) break;
  }
  return { range, documents, scan, isCut: false };
}

/** Runs work, so much of it at once: the rest waits, in the order in which it came. */
function createGate(width: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
