import type ts from "typescript-6";

/**
 * What the compiler knows of a property that a mapped type made. It is not in the compiler's declared interface, but
 * nothing else leads from the property of an inferred output back to the line of the schema that has its comment.
 */
interface TransientSymbol extends ts.Symbol {
  readonly links?: { readonly syntheticOrigin?: ts.Symbol; readonly checkFlags?: number };
}

/** The compiler's mark for a property that a mapped type made read-only. */
const readonlyCheckFlag = 8;

/**
 * @param symbol a property, possibly made by a chain of mapped types
 * @returns the property as somebody wrote it, or the argument when nothing leads there
 */
export function originOf(symbol: ts.Symbol): ts.Symbol {
  let current: TransientSymbol = symbol;
  while (current.declarations === undefined || current.declarations.length === 0) {
    const origin = current.links?.syntheticOrigin;
    if (origin === undefined || origin === current) return symbol;
    current = origin;
  }
  return current;
}

/** @returns whether a mapped type made the property read-only */
export function isReadonlyByMapping(symbol: ts.Symbol): boolean {
  const flags = (symbol as TransientSymbol).links?.checkFlags ?? 0;
  return (flags & readonlyCheckFlag) !== 0;
}
