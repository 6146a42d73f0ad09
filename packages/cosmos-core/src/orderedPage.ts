import type { ItemDefinition } from "@azure/cosmos";
import { compareValues } from "./compareValues.ts";
import type { OrderValue } from "./compileOrder.ts";
import { valueAt } from "./itemPath.ts";
import type { OrderTerm } from "./ordering.ts";

/**
 * Where an ordered list goes on. Its whole order is that which was asked for, then the id, then the partition key:
 * of levels, since an index gives the order of each but not of all together. A position is in one level, in the group
 * of items that have `fixed` as their values in the levels above, after the item that has the values `after`.
 */
export interface OrderPosition {
  readonly level: number;
  readonly fixed: readonly (readonly OrderValue[])[];
  readonly after?: readonly OrderValue[] | undefined;
}

/** Reads documents of a group in the order of one level: the first so many after a position. */
export type ReadGroup = (position: OrderPosition, count: number) => Promise<readonly ItemDefinition[]>;

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
 * the partitions they are in.
 */
export async function readOrderedPage(
  levels: readonly (readonly OrderTerm[])[],
  limit: number,
  from: OrderPosition | undefined,
  readGroup: ReadGroup,
): Promise<OrderedPage> {
  const documents: ItemDefinition[] = [];
  let position = from ?? start;
  for (;;) {
    const terms = levels[position.level] ?? [];
    const room = limit - documents.length;
    const found = await readGroup(position, room + 1);
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
    if (compareDocuments(terms, last, beyond) !== 0 || position.level === levels.length - 1) {
      documents.push(...inWholeOrder(levels, found.slice(0, room)));
      return { documents, next: { ...position, after: boundary } };
    }
    documents.push(
      ...inWholeOrder(
        levels,
        found.filter((document) => compareDocuments(terms, document, last) < 0),
      ),
    );
    position = { level: position.level + 1, fixed: [...position.fixed, boundary] };
  }
}

const inWholeOrder = (
  levels: readonly (readonly OrderTerm[])[],
  documents: readonly ItemDefinition[],
): ItemDefinition[] => {
  const terms = levels.flat();
  return documents.toSorted((one, other) => compareDocuments(terms, one, other));
};

/** A position as JSON; each value is in an array of its own, that of one which is not there is empty. */
export const writePosition = ({ level, fixed, after }: OrderPosition) => ({
  level,
  fixed: fixed.map((values) => values.map(writeValue)),
  ...(after === undefined ? {} : { after: after.map(writeValue) }),
});

type WrittenPosition = ReturnType<typeof writePosition>;

/** A position that {@link writePosition} wrote: nothing else is signed. */
export const readPosition = ({ level, fixed, after }: WrittenPosition): OrderPosition => ({
  level,
  fixed: fixed.map((values) => values.map(([value]) => value)),
  ...(after === undefined ? {} : { after: after.map(([value]) => value) }),
});

/** Of arrays and objects the order knows only that they are such. */
function writeValue(value: OrderValue): Exclude<OrderValue, undefined>[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [value];
  return Array.isArray(value) ? [[]] : [{}];
}
