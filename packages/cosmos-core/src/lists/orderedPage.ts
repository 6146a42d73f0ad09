import { valueAt } from "@cosmos-trpc/base";
import type { OrderTerm } from "../definition/ordering.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import { compareValues } from "./compareValues.ts";
import type { OrderValue } from "./compileOrder.ts";

/**
 * Where an ordered list goes on. Its whole order is that which was asked for, then the id, then the partition key:
 * of levels, since an index gives the order of each but not of all together. A position is in one level, in the group
 * of items that have `fixed` as their values in the levels above, after the item that has the values `after`.
 */
export interface OrderPosition {
  readonly level: number;
  readonly fixed: readonly (readonly OrderValue[])[];
  readonly after?: readonly OrderValue[] | undefined;
  /** Where nothing was found yet: how far it was looked for. */
  readonly scans?: Scans | undefined;
}

/**
 * How far a group was read in physical partitions, by their ranges' ids: the continuation from which on there is
 * something, or nothing is known yet; null where there is nothing. Those that it does not name begin at the start.
 */
export type Scans = Readonly<Record<string, string | null>>;

/** The first documents of a group, in order. */
export interface GroupDocuments {
  readonly documents: readonly ItemDefinition[];
  /**
   * Where the page's budget ended before as many were found as were wanted. With an `end` no document is missing that
   * comes before that one, and of those that equal it some may be. With `scans` nothing is known yet.
   */
  readonly cut?: { readonly end: ItemDefinition } | { readonly scans: Scans };
}

/** Reads documents of a group in the order of one level: the first so many after a position. */
export type ReadGroup = (position: OrderPosition, count: number) => Promise<GroupDocuments>;

/** A page, and where the next one begins; the last has none. */
export interface OrderedPage {
  readonly documents: readonly ItemDefinition[];
  readonly next: OrderPosition | undefined;
}

const start: OrderPosition = { level: 0, fixed: [] };

/** The values of a document at the paths of an order. */
const orderValues = (terms: readonly OrderTerm[], document: ItemDefinition): OrderValue[] =>
  terms.map(({ path }) => valueAt(document, path));

/** Orders two documents. */
export function compareDocuments(
  terms: readonly OrderTerm[],
  one: ItemDefinition,
  other: ItemDefinition,
): number {
  for (const { path, isDescending } of terms) {
    const order = compareValues(valueAt(one, path), valueAt(other, path));
    if (order !== 0) return isDescending ? -order : order;
  }
  return 0;
}

/**
 * Reads a page of an order by levels. A page that ends within a group of equal values reads the group's first items by
 * the next level, so that the page after it can go on within the group: none is missed and none comes twice, whatever
 * the partitions they are in. A page whose budget ends goes on where some document may be missing: it may be empty.
 *
 * @param isSpent whether the page's budget is spent
 */
export async function readOrderedPage(
  levels: readonly (readonly OrderTerm[])[],
  limit: number,
  from: OrderPosition | undefined,
  readGroup: ReadGroup,
  isSpent: () => boolean,
): Promise<OrderedPage> {
  const documents: ItemDefinition[] = [];
  let position = from ?? start;
  for (let groups = 0; ; groups += 1) {
    if (groups > 0 && isSpent()) return { documents, next: position };
    const terms = levels[position.level] ?? [];
    const isLast = position.level === levels.length - 1;
    const room = limit - documents.length;
    const { documents: found, cut } = await readGroup(position, room + 1);
    if (cut !== undefined) {
      if ("scans" in cut) return { documents, next: { ...position, scans: cut.scans } };
      const isSure = (document: ItemDefinition): boolean => {
        const order = compareDocuments(terms, document, cut.end);
        // In the last level no two documents are equal.
        return isLast ? order <= 0 : order < 0;
      };
      documents.push(...inWholeOrder(levels, found.filter(isSure)));
      return { documents, next: goOnFrom(position, isLast, orderValues(terms, cut.end)) };
    }
    if (found.length <= room) {
      documents.push(...inWholeOrder(levels, found));
      if (position.level === 0) return { documents, next: undefined };
      position = {
        level: position.level - 1,
        fixed: position.fixed.slice(0, -1),
        after: position.fixed.at(-1),
      };
      continue;
    }
    const [last, beyond] = [found[room - 1], found[room]];
    if (last === undefined || beyond === undefined) return { documents, next: position };
    const boundary = orderValues(terms, last);
    if (compareDocuments(terms, last, beyond) !== 0 || isLast) {
      documents.push(...inWholeOrder(levels, found.slice(0, room)));
      return { documents, next: { level: position.level, fixed: position.fixed, after: boundary } };
    }
    documents.push(
      ...inWholeOrder(
        levels,
        found.filter((document) => compareDocuments(terms, document, last) < 0),
      ),
    );
    position = goOnFrom(position, isLast, boundary);
  }
}

/** The position behind a document of the last level; else the group of those that are equal to it. */
const goOnFrom = (
  { level, fixed }: OrderPosition,
  isLast: boolean,
  values: readonly OrderValue[],
): OrderPosition =>
  isLast ? { level, fixed, after: values } : { level: level + 1, fixed: [...fixed, values] };

const inWholeOrder = (
  levels: readonly (readonly OrderTerm[])[],
  documents: readonly ItemDefinition[],
): ItemDefinition[] => {
  const terms = levels.flat();
  return documents.toSorted((one, other) => compareDocuments(terms, one, other));
};

/** A position as JSON; each value is in an array of its own, that of one which is not there is empty. */
export const writePosition = ({ level, fixed, after, scans }: OrderPosition) => ({
  level,
  fixed: fixed.map((values) => values.map(writeValue)),
  ...(after === undefined ? {} : { after: after.map(writeValue) }),
  ...(scans === undefined ? {} : { scans }),
});

type WrittenPosition = ReturnType<typeof writePosition>;

/** A position that {@link writePosition} wrote: nothing else is signed. */
export const readPosition = ({ level, fixed, after, scans }: WrittenPosition): OrderPosition => ({
  level,
  fixed: fixed.map((values) => values.map(([value]) => value)),
  ...(after === undefined ? {} : { after: after.map(([value]) => value) }),
  ...(scans === undefined ? {} : { scans }),
});

/** Of arrays and objects the order knows only that they are such. */
function writeValue(value: OrderValue): Exclude<OrderValue, undefined>[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [value];
  return Array.isArray(value) ? [[]] : [{}];
}
