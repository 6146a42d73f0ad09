import ts from "typescript-6";
import { nameForSchema } from "../names/pascalCase.ts";
import { unaliased } from "../read/documentation.ts";
import { ownSourceFiles } from "./sourceFiles.ts";

/** A type that one of the project's modules declares at its top level, or the type of what a schema there describes. */
export interface ProjectName {
  /** What the generated file would call it. */
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** A schema's output and input are two types. */
  readonly side: "type" | "schema output" | "schema input";
  /** How another module gets at it, if it can. */
  readonly exported: { readonly file: string; readonly exportName: string } | undefined;
}

/** @returns the names that the router's own modules have for types, by module and in the order of the source */
export function projectNames(program: ts.Program): readonly ProjectName[] {
  const checker = program.getTypeChecker();
  return ownSourceFiles(program).flatMap((file) => {
    const module = checker.getSymbolAtLocation(file);
    const exports = module === undefined ? [] : checker.getExportsOfModule(module);
    const exportNames = new Map(exports.map((symbol) => [unaliased(checker, symbol), symbol.name]));
    return file.statements.flatMap(declaredNames).flatMap((identifier) => {
      const symbol = checker.getSymbolAtLocation(identifier);
      if (symbol === undefined) return [];
      const exportName = exportNames.get(symbol);
      const exported =
        exportName === undefined || exportName === "default"
          ? undefined
          : { file: file.fileName, exportName };
      return namesOf(checker, symbol).map((name) => ({ ...name, symbol, exported }));
    });
  });
}

/** @returns the type that a name stands for, to the program of the checker */
export function typeOfName(checker: ts.TypeChecker, { symbol, side }: ProjectName): ts.Type | undefined {
  if (side === "type") return checker.getDeclaredTypeOfSymbol(symbol);
  const internals = checker.getTypeOfSymbol(symbol).getProperty("_zod");
  const schema = internals === undefined ? undefined : checker.getTypeOfSymbol(internals);
  const property = schema?.getProperty(side === "schema output" ? "output" : "input");
  return property === undefined ? undefined : checker.getTypeOfSymbol(property);
}

function namesOf(checker: ts.TypeChecker, symbol: ts.Symbol): readonly Pick<ProjectName, "name" | "side">[] {
  if (isPlainType(symbol)) return [{ name: symbol.name, side: "type" }];
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return [];
  // A zod 4 schema.
  if (checker.getTypeOfSymbol(symbol).getProperty("_zod") === undefined) return [];
  const name = nameForSchema(symbol.name);
  return [
    { name, side: "schema output" },
    { name: `${name}Input`, side: "schema input" },
  ];
}

function declaredNames(statement: ts.Statement): readonly ts.Identifier[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations
      .map((declaration) => declaration.name)
      .filter(ts.isIdentifier);
  }
  const isType =
    ts.isTypeAliasDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return isType && statement.name !== undefined ? [statement.name] : [];
}

/** A type without parameters; with them it is a family of types, none of which has the name. */
function isPlainType(symbol: ts.Symbol): boolean {
  const types =
    ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface | ts.SymbolFlags.Enum | ts.SymbolFlags.Class;
  if (!(symbol.flags & types)) return false;
  return (
    symbol.declarations?.every(
      (declaration) => !("typeParameters" in declaration) || declaration.typeParameters === undefined,
    ) ?? false
  );
}
