import type { QueryClock } from "../functions/builtInFunction.ts";
import type { Json, Value } from "../json.ts";
import type { Expression, Query } from "../syntax/ast.ts";
import type { Work } from "../values/work.ts";
import type { AggregateName } from "./aggregates.ts";
import type { Scope } from "./scope.ts";

/**
 * The values of all aliases, aggregates and group keys while a query runs, by slot. One array serves a whole
 * run, subqueries included: every alias has a slot of its own.
 */
export type Frame = Value[];

/** The slot of the item itself. */
export const itemSlot = 0;

/** A compiled expression. */
export type Evaluator = (frame: Frame) => Value;

/** A compiled subquery: its rows for the frame's current aliases. */
type SubqueryEvaluator = (frame: Frame) => readonly Json[];

/** What all parts of one query's compilation share. */
export interface Compilation {
  readonly parameters: ReadonlyMap<string, Json>;
  readonly clock: QueryClock;
  readonly computed: ComputedProperties;
  /** Counts what the query does while it runs. */
  readonly work: Work;
  /** How many expressions were compiled. */
  expressions: number;
  /** How many slots are taken. */
  slots: number;
  /**
   * Compiles a subquery of which no more than so many rows are wanted. It is here because expressions and
   * queries contain each other.
   */
  readonly compileSubquery: (
    query: Query,
    scope: Scope,
    compilation: Compilation,
    wanted: number,
  ) => SubqueryEvaluator;
}

/** Takes a slot. */
export function takeSlot(compilation: Compilation): number {
  const slot = compilation.slots;
  compilation.slots += 1;
  return slot;
}

/** One aggregate call of a SELECT clause. */
export interface AggregateSlot {
  readonly name: AggregateName;
  readonly argument: Evaluator;
  readonly slot: number;
}

/** What a SELECT clause may refer to once rows are grouped: the keys and the aggregates. */
export interface Grouping {
  readonly keys: readonly { readonly expression: Expression; readonly slot: number }[];
  readonly aggregates: AggregateSlot[];
}

/** Where an expression stands. */
export interface ExpressionContext {
  readonly compilation: Compilation;
  readonly scope: Scope;
  /** Present in the SELECT clause of a grouping query, where aggregates are allowed and aliases are not. */
  readonly grouping: Grouping | undefined;
}

/** A property that queries see and no item has: computed from the item by an expression. */
export interface ComputedProperty {
  readonly name: string;
  /** What the expression calls the item. */
  readonly alias: string;
  readonly expression: Expression;
}

/** Computed properties by their names. */
export type ComputedProperties = ReadonlyMap<string, ComputedProperty>;

/** Those of a container that has none. */
export const noComputedProperties: ComputedProperties = new Map();
