import ts from "typescript-6";
import { isInstalled } from "../project/sourceFiles.ts";
import type { NameSuggestion } from "../typeTree.ts";
import { documentationOf } from "./documentation.ts";

/** What the compiler calls a thing that has no name of its own. */
const namelessPattern = /^__|[^\w$]/u;

/**
 * @param checker the compiler's checker
 * @param type a union, an intersection or an object type
 * @returns the name the source has for the type, when it has one
 */
export function suggestionFor(checker: ts.TypeChecker, type: ts.Type): NameSuggestion | undefined {
  const symbol = type.aliasSymbol ?? ownSymbol(type);
  if (symbol === undefined || namelessPattern.test(symbol.name)) return undefined;
  const isForeign =
    symbol.declarations?.every((declaration) => isInstalled(declaration.getSourceFile().fileName)) ?? true;
  const typeArguments =
    type.aliasSymbol === undefined ? argumentsOf(checker, type) : (type.aliasTypeArguments ?? []);
  // `Page<Item>` is as well read in place, and a package's generic plumbing says nothing to a client at all.
  if (isForeign && typeArguments.length > 0) return undefined;
  return {
    name: symbol.name,
    isOwn: !isForeign && typeArguments.length === 0,
    documentation: documentationOf(checker, symbol),
  };
}

function ownSymbol(type: ts.Type): ts.Symbol | undefined {
  const symbol = type.getSymbol();
  const named = ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.Enum;
  return symbol !== undefined && symbol.flags & named ? symbol : undefined;
}

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const isReference =
    type.flags & ts.TypeFlags.Object && (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference;
  if (!isReference) return [];
  const reference = type as ts.TypeReference;
  return checker.getTypeArguments(reference).slice(0, reference.target.typeParameters?.length ?? 0);
}
