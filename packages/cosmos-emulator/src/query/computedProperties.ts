import type { Expression } from "./ast.ts";

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
export const NO_COMPUTED_PROPERTIES: ComputedProperties = new Map();
