import ts from "typescript-6";
import type { ReferenceTree, TypeTree } from "../typeTree.ts";
import { inside, type Place, type Reading, refuse } from "./reading.ts";

/**
 * Types of the web platform that Node's own declarations bring to a server without the DOM's. A client has them from
 * either.
 */
const webTypes: ReadonlySet<string> = new Set([
  "AbortSignal",
  "Blob",
  "DOMException",
  "File",
  "FormData",
  "Headers",
  "ReadableStream",
  "TransformStream",
  "URL",
  "URLSearchParams",
  "WritableStream",
]);

/** @returns a reference to a type that `@trpc/server` exports; `undefined` for any other type */
export function trpcReference(reading: Reading, type: ts.Type, place: Place): TypeTree | undefined {
  const symbol = type.aliasSymbol ?? type.getSymbol();
  const name =
    reading.trpcNames.get(type) ?? (symbol === undefined ? undefined : reading.trpcNames.get(symbol));
  if (name === undefined) return undefined;
  const types = type.aliasSymbol === undefined ? argumentsOf(reading, type) : (type.aliasTypeArguments ?? []);
  return reference(reading, type, place, name, "trpc", types);
}

/**
 * @returns a reference to an interface of the language's own libraries, such as `Date` or `Map`; `undefined` for an
 * object of any other origin
 */
export function libraryReference(reading: Reading, type: ts.Type, place: Place): TypeTree | undefined {
  const symbol = type.getSymbol();
  if (symbol === undefined || !(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)))
    return undefined;
  const isLibrary =
    symbol.declarations?.some((declaration) => isLibraryFile(reading, declaration, symbol.name)) ?? false;
  if (!isLibrary) return undefined;
  if (symbol.name === "Function") return refuse(reading, place, "a function cannot be sent to a client");
  // In a module of declarations the name comes out as `"url".URL`, in `declare global` as `global.URL`.
  const name = reading.checker.getFullyQualifiedName(symbol).replace(/^(?:"[^"]*"|global)\./u, "");
  return reference(reading, type, place, name, "library", argumentsOf(reading, type));
}

function isLibraryFile(reading: Reading, declaration: ts.Declaration, name: string): boolean {
  const file = declaration.getSourceFile();
  if (reading.program.isSourceFileDefaultLibrary(file)) return true;
  return webTypes.has(name) && /\/(?:@types\/node|undici-types)\//u.test(file.fileName);
}

function reference(
  reading: Reading,
  type: ts.Type,
  place: Place,
  name: string,
  from: ReferenceTree["from"],
  types: readonly ts.Type[],
): TypeTree {
  const typeArguments: TypeTree[] = [];
  const tree: ReferenceTree = { kind: "reference", name, from, typeArguments };
  reading.begun.set(type, tree);
  const written = withoutDefaults(reading, type, types);
  for (const [at, argument] of written.entries()) {
    typeArguments.push(
      reading.readInner(reading, argument, inside(place, written.length === 1 ? "<>" : `<${at}>`)),
    );
  }
  return tree;
}

/** `AsyncIterable<Item>` is what a person writes for `AsyncIterable<Item, any, any>`. */
function withoutDefaults(reading: Reading, type: ts.Type, types: readonly ts.Type[]): readonly ts.Type[] {
  const parameters =
    type.aliasSymbol === undefined ? (type as ts.TypeReference).target?.typeParameters : undefined;
  let length = types.length;
  while (length > 0) {
    const parameter = parameters?.[length - 1];
    const usual =
      parameter === undefined ? undefined : reading.checker.getDefaultFromTypeParameter(parameter);
    if (usual === undefined || usual !== types[length - 1]) break;
    length--;
  }
  return types.slice(0, length);
}

function argumentsOf(reading: Reading, type: ts.Type): readonly ts.Type[] {
  if (
    !(type.flags & ts.TypeFlags.Object) ||
    !((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference)
  )
    return [];
  const typeReference = type as ts.TypeReference;
  return reading.checker
    .getTypeArguments(typeReference)
    .slice(0, typeReference.target.typeParameters?.length ?? 0);
}
