import ts from "typescript-6";
import { originOf } from "./symbolOrigin.ts";
import { zodDescription } from "./zodDescription.ts";

/**
 * @param checker the compiler's checker
 * @param symbol a property, a procedure or a type
 * @returns its documentation comment with its tags, followed by what its zod schema says of itself, without comment
 *   signs; `undefined` when there is neither
 */
export function documentationOf(checker: ts.TypeChecker, symbol: ts.Symbol): string | undefined {
  const origin = originOf(symbol);
  const comment = commentOf(checker, origin) ?? commentOfValue(checker, origin);
  const description = origin.declarations
    ?.map((declaration) => zodDescription(checker, declaration))
    .find((text) => text !== undefined);
  const parts = [comment, description === comment ? undefined : description].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? undefined : parts.join("\n\n");
}

function commentOf(checker: ts.TypeChecker, symbol: ts.Symbol): string | undefined {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const tags = symbol
    .getJsDocTags(checker)
    .map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`.trim());
  const parts = [text, tags.join("\n")].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join("\n\n");
}

/** For `{ get: getItem }` and `{ get }`: the comment on what the name stands for. */
function commentOfValue(checker: ts.TypeChecker, symbol: ts.Symbol): string | undefined {
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) return undefined;
  const value = ts.isShorthandPropertyAssignment(declaration)
    ? checker.getShorthandAssignmentValueSymbol(declaration)
    : ts.isPropertyAssignment(declaration) && ts.isIdentifier(declaration.initializer)
      ? checker.getSymbolAtLocation(declaration.initializer)
      : undefined;
  if (value === undefined) return undefined;
  return commentOf(checker, unaliased(checker, value));
}

/** @returns what an imported name stands for */
export function unaliased(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
