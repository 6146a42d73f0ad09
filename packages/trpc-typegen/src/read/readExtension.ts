import ts from "typescript-6";
import type { TypeTree } from "../typeTree.ts";
import type { Place, Reading } from "./reading.ts";
import { readList } from "./readList.ts";
import { libraryReference } from "./readReference.ts";

/**
 * @returns the tree of a list or of a library's type, for an interface that extends it and says nothing new: Prisma's
 * `interface JsonArray extends Array<JsonValue> {}`, zod's `File`; `undefined` for any other object
 */
export function readExtension(reading: Reading, type: ts.Type, place: Place): TypeTree | undefined {
  const { checker } = reading;
  const symbol = type.getSymbol();
  if (!type.isClassOrInterface() || symbol === undefined || symbol.flags & ts.SymbolFlags.Class)
    return undefined;
  const [base, ...others] = checker.getBaseTypes(type);
  if (base === undefined || others.length > 0) return undefined;
  const isNew = (member: ts.Symbol): boolean => {
    const inherited = checker.getPropertyOfType(base, member.name);
    return inherited === undefined || checker.getTypeOfSymbol(inherited) !== checker.getTypeOfSymbol(member);
  };
  if ([...(symbol.members?.values() ?? [])].some(isNew)) return undefined;
  return readList(reading, base, place) ?? libraryReference(reading, base, place);
}
