import { isDeeperThan, type Json, type JsonObject, type Value } from "../json.ts";
import { maxNestingLevels } from "../limits.ts";
import { queryError } from "../queryError.ts";
import type { Query } from "../syntax/ast.ts";
import { identityKey } from "../values/compareValues.ts";
import { createWork, type Work } from "../values/work.ts";
import {
  type Compilation,
  type ComputedProperties,
  type Frame,
  itemSlot,
  noComputedProperties,
} from "./compilation.ts";
import { compileBlock, type QueryBlock } from "./compileBlock.ts";
import { compareOrderKeys, createRowCollector } from "./rowCollector.ts";

/** One parameter of a request's body: `{"name": "@id", "value": 1}`. */
export interface QueryParameter {
  readonly name: string;
  readonly value?: Json | undefined;
}

/** What a query's evaluation needs beside the query. */
export interface CompileOptions {
  /** The time, in milliseconds since the Unix epoch, for the date functions; Date.now if absent. */
  readonly now?: () => number;
  /** The container's computed properties; none if absent. */
  readonly computed?: ComputedProperties;
  /** Units of work that all running of the query may take; what one request may if absent. */
  readonly mostWork?: number;
}

/** A row of an ORDER BY query with the values that order it. */
export interface OrderedRow {
  readonly keys: readonly Value[];
  readonly row: Json;
}

/**
 * A query ready to run over items, any number of times.
 *
 * Paging. Which of three ways fits tells `kind`:
 * - `stream`: each item yields its rows by itself. A page ends after some row of some item; the next begins
 *   with the item after it in `_rid` order (or the same item's next row: `visitRows` gives an item's rows in a
 *   fixed order). Items written in between make no row appear twice.
 * - `ordered`: each item yields rows with keys. A page ends at (keys, `_rid`, row within the item); the next
 *   takes, of all rows beyond that by `compareKeys` and then `_rid`, the first. `orderedRowsOf` gives an item's.
 * - `grouped`: every row depends on all items, so a page other than the last has none, or `run` has to be
 *   repeated and the rows already given have to be skipped.
 *
 * `visitRows` and `orderedRowsOf` leave TOP, OFFSET, LIMIT and DISTINCT to the caller, who carries the counts
 * from page to page; `run` applies them.
 */
export interface CompiledQuery {
  readonly kind: "stream" | "ordered" | "grouped";
  /** Whether no row is certain before the last item has been seen: ORDER BY, GROUP BY and aggregates. */
  readonly needsAllRows: boolean;
  readonly hasOrderBy: boolean;
  /** Whether rows equal to one already given have to be left out; `distinctKey` tells which are equal. */
  readonly distinct: boolean;
  /** Whether there is no FROM: then `run` yields one row whatever the items, also for none. */
  readonly isConstant: boolean;
  /** OFFSET, or 0. */
  readonly offset: number;
  /** The smaller of TOP and LIMIT, or Infinity. */
  readonly limit: number;
  /** What was done so far: all running of this compiled query counts together. */
  readonly work: Pick<Work, "consumed">;
  /** Runs the whole query. May throw QueryError between rows. */
  run(items: Iterable<JsonObject>): Generator<Json, void, undefined>;
  /** Visits the rows of one item, for `stream`, until a visit answers true. */
  visitRows(item: JsonObject, visit: (row: Json) => boolean): void;
  /** The rows of one item and what orders them, for `ordered`. */
  orderedRowsOf(item: JsonObject): OrderedRow[];
  /** Orders keys of `orderedRowsOf`, directions included. */
  compareKeys(left: readonly Value[], right: readonly Value[]): number;
  /** A text that rows share exactly when DISTINCT takes them for the same. */
  distinctKey(row: Json): string;
}

/**
 * Compiles a query: resolves its names, checks it, and turns it into functions.
 *
 * @param parameters values by name, `@` included; of two with one name the last counts
 * @throws QueryError with the service's codes: SC2001 unknown name, SC2005 unknown function, SC2050 number of arguments,
 *   and others
 * @example
 * const adults = compileQuery(parseQuery("SELECT VALUE c.id FROM c WHERE c.age >= @age"), [{ name: "@age", value: 18 }]);
 * [...adults.run([{ id: "ada", age: 36 }])]; // ["ada"]
 */
export function compileQuery(
  query: Query,
  parameters: Iterable<QueryParameter> = [],
  options: CompileOptions = {},
): CompiledQuery {
  const now = options.now ?? Date.now;
  const readTicks = () => BigInt(Math.floor(now())) * 10_000n;
  let started = readTicks();
  const compilation: Compilation = {
    parameters: parameterMap(parameters),
    clock: { current: readTicks, started: () => started },
    work: createWork(options.mostWork),
    computed: options.computed ?? noComputedProperties,
    expressions: 0,
    slots: itemSlot + 1,
    compileSubquery: (subquery, scope, shared, wanted) => {
      const whole = compileBlock(subquery, scope, shared);
      const inner = { ...whole, limit: Math.min(whole.limit, wanted) };
      return (frame) => shared.work.built(collectRows(inner, frame));
    },
  };
  const block = compileBlock(query, undefined, compilation);
  const createFrame = (): Frame => new Array<Value>(compilation.slots).fill(undefined);
  const begin = (): Frame => {
    started = readTicks();
    return createFrame();
  };
  const { orderBy } = block;
  const kind = block.grouping !== undefined ? "grouped" : orderBy !== undefined ? "ordered" : "stream";
  const sharedFrame = createFrame();
  return {
    kind,
    needsAllRows: kind !== "stream",
    hasOrderBy: kind === "ordered",
    distinct: block.distinct,
    isConstant: query.from === undefined,
    offset: block.offset,
    limit: block.limit,
    run: (items) => runBlock(block, query.from === undefined ? [{}] : items, begin()),
    work: compilation.work,
    visitRows: (item, visit) => {
      sharedFrame[itemSlot] = item;
      block.scan(sharedFrame, () => {
        const row = block.project(sharedFrame);
        return row !== undefined && visit(row);
      });
    },
    orderedRowsOf: (item) => {
      sharedFrame[itemSlot] = item;
      const rows: OrderedRow[] = [];
      block.scan(sharedFrame, () => {
        const row = block.project(sharedFrame);
        if (row !== undefined) {
          // The rows of one item stay together in memory: many become dear.
          compilation.work.consume(Math.min(rows.length, 500));
          rows.push({ row, keys: (orderBy ?? []).map(({ evaluate }) => evaluate(sharedFrame)) });
        }
        return false;
      });
      return rows;
    },
    compareKeys: (left, right) => compareOrderKeys(orderBy ?? [], left, right),
    distinctKey: identityKey,
  };
}

/**
 * The parameters by name; the last of a name counts. A parameter without a value is undefined.
 *
 * @throws QueryError for a value that nests deeper than an item may
 */
export function parameterMap(parameters: Iterable<QueryParameter>): ReadonlyMap<string, Json> {
  const values = new Map<string, Json>();
  for (const { name, value } of parameters) {
    if (value !== undefined && isDeeperThan(value, maxNestingLevels)) {
      throw queryError(undefined, `The value of parameter '${name}' is nested too deeply.`);
    }
    values.set(name, value as Json);
  }
  return values;
}

function collectRows(block: QueryBlock, frame: Frame): readonly Json[] {
  const collector = createRowCollector(block);
  block.scan(frame, () => collector.push(frame));
  return collector.finish(frame);
}

function* runBlock(
  block: QueryBlock,
  items: Iterable<JsonObject>,
  frame: Frame,
): Generator<Json, void, undefined> {
  const collector = createRowCollector(block);
  if (block.limit > 0) {
    for (const item of items) {
      frame[itemSlot] = item;
      const isDone = block.scan(frame, () => collector.push(frame));
      yield* collector.drain();
      if (isDone) break;
    }
  }
  yield* collector.finish(frame);
}
