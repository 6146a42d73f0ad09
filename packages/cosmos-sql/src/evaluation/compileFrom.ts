import { isArray, type Value } from "../json.ts";
import { maxJoins } from "../limits.ts";
import { queryError } from "../queryError.ts";
import type { Collection, FromClause, FromSource } from "../syntax/ast.ts";
import { sourceAlias } from "../syntax/expressions.ts";
import type { Work } from "../values/work.ts";
import { type Compilation, type Evaluator, type Frame, itemSlot, takeSlot } from "./compilation.ts";
import { compileComputedProperty, elementReader, propertyReader } from "./compileExpression.ts";
import { type Binding, isEmptyScope, lookUp, type Scope } from "./scope.ts";

/**
 * Puts one combination of the sources' values after another into the frame and visits each; stops and answers
 * true as soon as a visit does.
 */
export type Scan = (frame: Frame, visit: () => boolean) => boolean;

/** A compiled FROM clause. */
export interface CompiledFrom {
  readonly scan: Scan;
  /** The slot of the only source, which `SELECT *` takes; undefined if there are joins. */
  readonly onlySlot: number | undefined;
}

/**
 * Compiles FROM and adds its aliases to the scope. An undefined source yields no row, an array yields its
 * elements where IN iterates it (documentation: "FROM", "JOIN").
 */
export function compileFrom(from: FromClause, scope: Scope, compilation: Compilation): CompiledFrom {
  if (from.joins.length > maxJoins) {
    const message = `The query has ${from.joins.length} JOINs; it can have up to ${maxJoins}.`;
    throw queryError(undefined, message, from.joins[maxJoins]?.span);
  }
  const sources = [from.source, ...from.joins].map((source) => compileSource(source, scope, compilation));
  const scan = sources
    .map(({ expand }) => expand)
    .reduceRight<(frame: Frame, visit: () => boolean) => boolean>(
      (inner, expand) => (frame, visit) => expand(frame, () => inner(frame, visit)),
      (_frame, visit) => visit(),
    );
  return { scan, onlySlot: from.joins.length === 0 ? sources[0]?.slot : undefined };
}

function compileSource(
  source: FromSource,
  scope: Scope,
  compilation: Compilation,
): { expand: Scan; slot: number } {
  const drawn = compileCollection(source.collection, scope, compilation);
  const alias = sourceAlias(source);
  const isItem = source.kind === "collection" && drawn.isItem;
  const slot = isItem ? itemSlot : takeSlot(compilation);
  if (alias !== undefined) {
    if (scope.bindings.has(alias)) {
      const message = `The input alias '${alias}' is specified more than once in the FROM clause.`;
      throw queryError(undefined, message, source.span);
    }
    scope.bindings.set(alias, { slot, isItem });
  }
  return {
    expand: isItem ? scanItem : scanValues(drawn.values, source.kind === "iterate", slot, compilation.work),
    slot,
  };
}

function scanItem(frame: Frame, visit: () => boolean): boolean {
  return frame[itemSlot] !== undefined && visit();
}

function scanValues(
  values: (frame: Frame) => readonly Value[],
  iterate: boolean,
  slot: number,
  work: Work,
): Scan {
  const bind = (frame: Frame, value: Value, visit: () => boolean): boolean => {
    work.consume(2);
    frame[slot] = value;
    return value !== undefined && visit();
  };
  return (frame, visit) => {
    for (const value of values(frame)) {
      if (!iterate) {
        if (bind(frame, value, visit)) return true;
      } else if (isArray(value)) {
        for (const element of value) {
          if (bind(frame, element, visit)) return true;
        }
      }
    }
    return false;
  };
}

function compileCollection(
  collection: Collection,
  scope: Scope,
  compilation: Compilation,
): { values: (frame: Frame) => readonly Value[]; isItem: boolean } {
  if (collection.kind === "subquery") {
    return {
      values: compilation.compileSubquery(collection.query, scope, compilation, Number.POSITIVE_INFINITY),
      isItem: false,
    };
  }
  const root = resolveRoot(collection, scope);
  const { slot } = root;
  const [first, ...others] = collection.steps;
  const computed = root.isItem && typeof first === "string" ? compilation.computed.get(first) : undefined;
  const steps = computed === undefined ? collection.steps : others;
  const read = steps.reduce<Evaluator>(
    (object, step) => {
      const reader = typeof step === "string" ? propertyReader(step) : elementReader(step);
      return (frame) => reader(object(frame));
    },
    computed === undefined ? (frame) => frame[slot] : compileComputedProperty(computed, root, compilation),
  );
  return { values: (frame) => [read(frame)], isItem: root.isItem && collection.steps.length === 0 };
}

/** An alias in sight, or the container, which has any name where there is no alias yet, and `root` always. */
function resolveRoot(collection: Extract<Collection, { kind: "path" }>, scope: Scope): Binding {
  const binding = lookUp(scope, collection.root);
  if (binding !== undefined) return binding;
  if (!isEmptyScope(scope) && collection.root.toUpperCase() !== "ROOT") {
    const message = `Identifier '${collection.root}' could not be resolved.`;
    throw queryError("SC2001", message, collection.span);
  }
  return { slot: itemSlot, isItem: true };
}
