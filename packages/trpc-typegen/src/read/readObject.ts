import ts from "typescript-6";
import { type IndexTree, type ObjectTree, type PropertyTree, type TypeTree, textTree } from "../typeTree.ts";
import { inDeclarationOrder } from "./declarationOrder.ts";
import { documentationOf } from "./documentation.ts";
import { suggestionFor } from "./nameSuggestion.ts";
import { propertyKey } from "./propertyKey.ts";
import { inside, type Place, type Reading, refuse, report } from "./reading.ts";
import { readOptional } from "./readUnion.ts";
import { isReadonlyByMapping, originOf } from "./symbolOrigin.ts";

/**
 * @param isOnPrimitive whether the object is a brand, intersected with a string or the like
 * @returns the tree of an object's properties and index signatures
 */
export function readObject(reading: Reading, type: ts.Type, place: Place, isOnPrimitive: boolean): TypeTree {
  const properties = reading.checker.getPropertiesOfType(type);
  const hasOwnJson = properties.some((property) => property.name === "toJSON");
  // What such an object holds never leaves the server; tRPC's serialized form says what does.
  if (reading.audience === "before-json" && hasOwnJson) return textTree("unknown");
  const refusal = refusalOf(reading, type, properties);
  if (refusal !== undefined) return refuse(reading, place, refusal);

  const written: PropertyTree[] = [];
  const indexes: IndexTree[] = [];
  const symbol = type.getSymbol();
  const tree: { -readonly [Key in keyof ObjectTree]: ObjectTree[Key] } = {
    kind: "object",
    properties: written,
    indexes,
    isMerged: false,
    isInterface:
      symbol !== undefined && (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) !== 0,
    suggestion: suggestionFor(reading.checker, type),
  };
  reading.begun.set(type, tree);
  for (const index of reading.checker.getIndexInfosOfType(type)) {
    indexes.push({
      key: reading.readInner(reading, index.keyType, inside(place, "")),
      isReadonly: index.isReadonly,
      isRecord: isRecord(reading, type),
      type: reading.readInner(
        reading,
        index.type,
        inside(place, `[${reading.checker.typeToString(index.keyType)}]`),
      ),
    });
  }
  for (const property of inDeclarationOrder(properties)) {
    const read = readProperty(reading, property, place, isOnPrimitive);
    if (read !== undefined) written.push(read);
  }
  tree.isMerged =
    written.length > 0 &&
    (indexes.some((index) => index.isRecord) || !fitIndexes(reading.checker, type, properties));
  return tree;
}

/** @returns whether the properties could be declared beside the index signatures */
function fitIndexes(checker: ts.TypeChecker, type: ts.Type, properties: readonly ts.Symbol[]): boolean {
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  return (
    index === undefined ||
    properties.every((property) => checker.isTypeAssignableTo(checker.getTypeOfSymbol(property), index.type))
  );
}

/** The checker's `keyof`, which is not in the compiler's declared interface. */
interface CheckerWithKeyOf extends ts.TypeChecker {
  readonly getIndexType?: (type: ts.Type) => ts.Type;
}

/**
 * tRPC serializes a record by its `keyof`, so a client would see another type if one form were written for the other.
 * zod's loose objects are records with properties of their own.
 */
function isRecord({ checker }: Reading, type: ts.Type): boolean {
  const isMapped = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Mapped) !== 0;
  if (!isMapped) return false;
  const keys = (checker as CheckerWithKeyOf).getIndexType?.(type);
  return keys !== undefined && (keys.flags & ts.TypeFlags.String) !== 0;
}

function readProperty(
  reading: Reading,
  property: ts.Symbol,
  place: Place,
  isOnPrimitive: boolean,
): PropertyTree | undefined {
  // JSON leaves methods out, and so does tRPC's type for what it carries.
  const isMethod = (originOf(property).flags & ts.SymbolFlags.Method) !== 0;
  if (isMethod && reading.audience === "before-json") return undefined;
  const key = propertyKey(reading, property, isOnPrimitive);
  const at = inside(place, fieldStep(property), sourceOf(property));
  if (key === undefined) {
    report(
      reading,
      at,
      "its key is a symbol of the server's own, which no client can name (to brand a type, use a string key or zod's .brand())",
    );
    return undefined;
  }
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const read = isOptional ? readOptional : reading.readInner;
  return {
    key,
    isOptional,
    isReadonly: isReadonlyProperty(property),
    documentation: documentationOf(reading.checker, property),
    type: read(reading, reading.checker.getTypeOfSymbol(property), at),
  };
}

function refusalOf(reading: Reading, type: ts.Type, properties: readonly ts.Symbol[]): string | undefined {
  const { checker } = reading;
  const isCallable = [ts.SignatureKind.Call, ts.SignatureKind.Construct].some(
    (kind) => checker.getSignaturesOfType(type, kind).length > 0,
  );
  if (isCallable) return "a function cannot be sent to a client";
  const symbol = type.getSymbol();
  if (symbol === undefined || !(symbol.flags & ts.SymbolFlags.Class)) return undefined;
  if (
    symbol.declarations?.some(
      (declaration) => ts.isClassLike(declaration) && declaration.name === undefined,
    ) === true
  ) {
    return "this is an instance of an anonymous class, which nothing outside the server can name";
  }
  const hidden = properties.find(isHidden);
  if (hidden === undefined) return undefined;
  return `this is an instance of the class ${symbol.name}, whose member ${memberName(hidden)} is private; return a plain object instead`;
}

function isHidden(property: ts.Symbol): boolean {
  const hiding = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (
    property.declarations?.some((declaration) => {
      const name = ts.getNameOfDeclaration(declaration);
      const isPrivateName = name !== undefined && ts.isPrivateIdentifier(name);
      return isPrivateName || (ts.getCombinedModifierFlags(declaration) & hiding) !== 0;
    }) ?? false
  );
}

/** `#secret` is `__#12@#secret` to the compiler. */
function memberName(property: ts.Symbol): string {
  return property.name.replace(/^__#\d+@/u, "");
}

function fieldStep(property: ts.Symbol): string {
  const { name } = property;
  if (name.startsWith("__@")) return `[${name.slice("__@".length).replace(/@\d+$/u, "")}]`;
  return /^[\w$]+$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** @returns the property's own line, when it stands in code rather than in a package's declarations */
function sourceOf(property: ts.Symbol): ts.Node | undefined {
  return originOf(property).declarations?.find(
    (declaration) => !declaration.getSourceFile().isDeclarationFile,
  );
}

function isReadonlyProperty(property: ts.Symbol): boolean {
  if (isReadonlyByMapping(property)) return true;
  if (property.flags & ts.SymbolFlags.GetAccessor) return !(property.flags & ts.SymbolFlags.SetAccessor);
  const declaration = property.valueDeclaration;
  return (
    declaration !== undefined && (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) !== 0
  );
}
