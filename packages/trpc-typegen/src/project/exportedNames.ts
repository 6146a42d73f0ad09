import ts from "typescript-6";
import { nameForSchema } from "../names/pascalCase.ts";
import { documentationOf, unaliased } from "../read/documentation.ts";
import { ownSourceFiles } from "./sourceFiles.ts";

/** A type that one of the project's modules exports, or the type of what an exported schema describes. */
export interface ExportedName {
  /** What the generated file would call it. */
  readonly name: string;
  readonly documentation: string | undefined;
  /** The module that declares it, as an absolute path. */
  readonly file: string;
  readonly exportName: string;
  /** A schema's output and input are two types. */
  readonly side: "type" | "schema output" | "schema input";
}

/** @returns the names that the router's own modules have for types, by module and in the order of the source */
export function exportedNames(program: ts.Program): readonly ExportedName[] {
  const checker = program.getTypeChecker();
  const found: ExportedName[] = [];
  for (const file of ownSourceFiles(program)) {
    const module = checker.getSymbolAtLocation(file);
    if (module === undefined) continue;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = unaliased(checker, exported);
      const isDeclaredHere =
        symbol.declarations?.some((declaration) => declaration.getSourceFile() === file) ?? false;
      if (!isDeclaredHere || exported.name === "default") continue;
      const documentation = documentationOf(checker, symbol);
      const place = { file: file.fileName, exportName: exported.name, documentation };
      if (isPlainType(symbol)) found.push({ ...place, name: exported.name, side: "type" });
      if (isSchema(checker, symbol)) {
        const name = nameForSchema(exported.name);
        found.push(
          { ...place, name, side: "schema output" },
          { ...place, name: `${name}Input`, side: "schema input" },
        );
      }
    }
  }
  return found;
}

/** A type without parameters; with them it is a family of types, none of which has the name. */
function isPlainType(symbol: ts.Symbol): boolean {
  const types =
    ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface | ts.SymbolFlags.Enum | ts.SymbolFlags.Class;
  if (!(symbol.flags & types)) return false;
  return (
    symbol.declarations?.every(
      (declaration) =>
        !(
          ts.isTypeAliasDeclaration(declaration) ||
          ts.isInterfaceDeclaration(declaration) ||
          ts.isClassLike(declaration)
        ) || declaration.typeParameters === undefined,
    ) ?? false
  );
}

/** Whether a constant holds a zod 4 schema. */
function isSchema(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return false;
  const internals = checker.getTypeOfSymbol(symbol).getProperty("_zod");
  return internals !== undefined && checker.getTypeOfSymbol(internals).getProperty("output") !== undefined;
}
