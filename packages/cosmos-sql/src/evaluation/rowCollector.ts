import type { Json, Value } from "../json.ts";
import { compareValues, identityKey } from "../values/compareValues.ts";
import { type Accumulator, type AggregateName, createAccumulator } from "./aggregates.ts";
import type { Frame } from "./compilation.ts";
import type { OrderKey, QueryBlock } from "./compileBlock.ts";

/** Takes a block's rows one after another and makes of them what the query asks for. */
export interface RowCollector {
  /** Takes the row that stands in the frame; answers true when no further row can change the result. */
  push(frame: Frame): boolean;
  /** The rows that are certain by now and have not been handed out. */
  drain(): Json[];
  /** All rows that remain, once there are no more to take. */
  finish(frame: Frame): Json[];
}

/** Sets up the collector that a block needs. */
export function createRowCollector(block: QueryBlock): RowCollector {
  if (block.grouping !== undefined) return collectGroups(block, block.grouping);
  return block.orderBy === undefined ? collectStream(block) : collectOrdered(block, block.orderBy);
}

/** Compares the values of ORDER BY's keys, directions included. */
export function compareOrderKeys(
  keys: readonly Pick<OrderKey, "descending">[],
  left: readonly Value[],
  right: readonly Value[],
): number {
  for (const [index, { descending }] of keys.entries()) {
    const sign = compareValues(left[index], right[index]);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

/** DISTINCT, OFFSET and LIMIT over rows in their final order. */
function createOutlet(block: QueryBlock): { rows: Json[]; isFull(): boolean; add(row: Value): void } {
  const rows: Json[] = [];
  const seen = block.distinct ? new Set<string>() : undefined;
  let passed = 0;
  const isFull = () => passed >= block.offset + block.limit;
  return {
    rows,
    isFull,
    add: (row) => {
      if (row === undefined || isFull()) return;
      if (seen !== undefined) {
        block.work.visit(row);
        const key = identityKey(row);
        if (seen.has(key)) return;
        seen.add(key);
      }
      block.work.keep(row);
      passed += 1;
      if (passed > block.offset) {
        rows.push(row);
      }
    },
  };
}

function collectStream(block: QueryBlock): RowCollector {
  const outlet = createOutlet(block);
  return {
    push: (frame) => {
      if (!outlet.isFull()) {
        outlet.add(block.project(frame));
      }
      return outlet.isFull();
    },
    drain: () => outlet.rows.splice(0),
    finish: () => outlet.rows.splice(0),
  };
}

/** Up to so many rows ORDER BY … TOP keeps only the best so far instead of sorting everything. */
const maxKept = 1000;

interface OrderedRow {
  readonly keys: readonly Value[];
  readonly row: Value;
}

function collectOrdered(block: QueryBlock, orderBy: readonly OrderKey[]): RowCollector {
  const rows: OrderedRow[] = [];
  const wanted = block.distinct ? Number.POSITIVE_INFINITY : block.offset + block.limit;
  const keepsBest = wanted <= maxKept;
  const compare = (left: OrderedRow, right: OrderedRow) => compareOrderKeys(orderBy, left.keys, right.keys);
  return {
    push: (frame) => {
      if (wanted === 0) return true;
      const keys = orderBy.map(({ evaluate }) => evaluate(frame));
      const worst = keepsBest && rows.length >= wanted ? rows.at(-1) : undefined;
      if (worst !== undefined && compareOrderKeys(orderBy, keys, worst.keys) >= 0) return false;
      const row = block.project(frame);
      if (row !== undefined) {
        block.work.keep(row);
        if (keepsBest) {
          insertInOrder(rows, { keys, row }, compare);
          rows.length = Math.min(rows.length, wanted);
        } else {
          rows.push({ keys, row });
        }
      }
      return false;
    },
    drain: () => [],
    finish: () => {
      const outlet = createOutlet(block);
      for (const { row } of keepsBest ? rows : rows.toSorted(compare)) {
        outlet.add(row);
      }
      return outlet.rows;
    },
  };
}

/** Inserts behind all rows that compare equal, so that rows of equal keys stay in the order of the items. */
function insertInOrder(
  rows: OrderedRow[],
  row: OrderedRow,
  compare: (left: OrderedRow, right: OrderedRow) => number,
): void {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = rows[middle];
    if (other !== undefined && compare(other, row) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  rows.splice(low, 0, row);
}

const gathers = (name: AggregateName | undefined): boolean => name === "MAKELIST" || name === "MAKESET";

interface Group {
  readonly keys: readonly Value[];
  readonly accumulators: readonly Accumulator[];
}

function collectGroups(
  block: QueryBlock,
  { keys, aggregates }: NonNullable<QueryBlock["grouping"]>,
): RowCollector {
  const groups = new Map<string, Group>();
  const groupOf = (values: readonly Value[]): Group => {
    const id = values.map(identityKey).join("\n");
    const existing = groups.get(id);
    if (existing !== undefined) return existing;
    for (const value of values) {
      block.work.keep(value);
    }
    const group = { keys: values, accumulators: aggregates.map(({ name }) => createAccumulator(name)) };
    groups.set(id, group);
    return group;
  };
  if (keys.length === 0) {
    groupOf([]);
  }
  return {
    push: (frame) => {
      const values = keys.map(({ evaluate }) => evaluate(frame));
      for (const value of values) {
        block.work.visit(value);
      }
      const group = groupOf(values);
      for (let index = 0; index < aggregates.length; index += 1) {
        const value = aggregates[index]?.argument(frame);
        if (value !== undefined && gathers(aggregates[index]?.name)) {
          block.work.keep(value);
        }
        group.accumulators[index]?.add(value);
      }
      return false;
    },
    drain: () => [],
    finish: (frame) => {
      const outlet = createOutlet(block);
      for (const group of groups.values()) {
        for (const [index, { slot }] of keys.entries()) {
          frame[slot] = group.keys[index];
        }
        for (const [index, { slot }] of aggregates.entries()) {
          frame[slot] = group.accumulators[index]?.result();
        }
        outlet.add(block.project(frame));
      }
      return outlet.rows;
    },
  };
}
